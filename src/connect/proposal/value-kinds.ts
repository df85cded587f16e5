import { ClientAddresses } from '../../decode/client/address.ts';
import { goDurationMs, looksHashed } from '../../decode/formats/fields.ts';
import { number, status } from '../../decode/text.ts';
import { epochMs } from '../../decode/time.ts';
import { tokenPrefixes } from '../../decode/token-starts.ts';

export type Value = string | number | boolean;

/** What a value looks like, each told by the value alone. */

const methods = new Set([
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'OPTIONS',
  'CONNECT',
  'TRACE',
  'PROPFIND',
  'QUERY',
]);

export const isMethod = (value: Value) => typeof value === 'string' && methods.has(value.toUpperCase());

/** `GET /orders/7 HTTP/1.1`. */
export function isRequestLine(value: Value): boolean {
  if (typeof value !== 'string') return false;
  const blank = value.indexOf(' ');
  return blank > 0 && isMethod(value.slice(0, blank)) && isTarget(value.slice(blank + 1));
}

export function isTarget(value: Value): boolean {
  if (typeof value !== 'string') return false;
  return value.startsWith('/') || value.startsWith('http://') || value.startsWith('https://');
}

/** `/orders/{id}`, `/orders/:id`: a path for many requests. */
export const isTemplate = (value: Value) =>
  typeof value === 'string' &&
  isTarget(value) &&
  (value.includes('{') || value.includes('/:') || value.includes('/<'));

export function isStatus(value: Value): boolean {
  const code = status(value);
  return code !== null && code <= 599;
}

export function isAmount(value: Value): boolean {
  const amount = typeof value === 'boolean' ? null : number(value);
  return amount !== null && amount >= 0;
}

export const isWhole = (value: Value) => isAmount(value) && Number.isInteger(Number(value));

export const isGoDuration = (value: Value) => goDurationMs(value) !== null;

const addresses = new ClientAddresses({ trustedProxies: [], trustedHops: 0 });

/** Also with a port behind it. */
export const isAddress = (value: Value) => typeof value === 'string' && addresses.canonical(value) !== null;

/** `203.0.113.9, 10.0.0.1`, also of one. */
export const isAddresses = (value: Value) =>
  typeof value === 'string' && value.split(',', 32).every((part) => isAddress(part.trim()));

/** Product and version, as nearly every program calls itself. */
export function isUserAgent(value: Value): boolean {
  if (typeof value !== 'string' || value.length > 1_024) return false;
  const slash = value.indexOf('/');
  if (slash < 2 || slash > 48 || value.startsWith('/')) return false;
  const product = value.slice(0, slash);
  const next = value.charCodeAt(value[slash + 1] === 'v' ? slash + 2 : slash + 1);
  return next >= 48 && next <= 57 && !product.includes(':') && !product.includes(' ');
}

export function isHost(value: Value): boolean {
  if (typeof value !== 'string' || value.length > 253 || value === '') return false;
  for (let i = 0; i < value.length; i += 1) {
    const code = value.charCodeAt(i) | 0x20;
    const isName = (code >= 97 && code <= 122) || (code >= 48 && code <= 58) || code === 45 || code === 46;
    if (!isName && value[i] !== '[' && value[i] !== ']') return false;
  }
  return value.includes('.') || value.includes(':') || value === 'localhost';
}

export function isTraceId(value: Value): boolean {
  return typeof value === 'string' && (value.length === 32 || value.length === 16) && looksHashed(value);
}

export const isHash = (value: Value) => typeof value === 'string' && looksHashed(value);

export const isText = (value: Value) => typeof value !== 'boolean' && String(value).length <= 256;

export const isCountry = (value: Value) =>
  typeof value === 'string' && value.length === 2 && value.toUpperCase() !== value.toLowerCase();

/** An Authorization header's value or a bare JSON Web Token. */
export function isToken(value: Value): boolean {
  if (typeof value !== 'string') return false;
  const blank = value.indexOf(' ');
  const scheme = blank < 0 ? '' : value.slice(0, blank).toLowerCase();
  return ['bearer', 'basic', 'dpop'].includes(scheme) || isJwt(value);
}

const isJwt = (value: string) => value.startsWith('eyJ') && value.split('.', 4).length === 3;

/** Begins like a key of a well-known maker, or is a token. */
export const isKnownSecret = (value: Value) =>
  typeof value === 'string' && (isToken(value) || tokenPrefixes.some((start) => value.startsWith(start)));

const isUpperOrDigit = (code: number) => (code >= 65 && code <= 90) || (code >= 48 && code <= 57);

/** Access-key ids of AWS: no secret. */
export function isAccessKeyId(value: Value): boolean {
  if (typeof value !== 'string' || value.length < 16 || value.length > 32) return false;
  if (!value.startsWith('AKIA') && !value.startsWith('ASIA')) return false;
  for (let i = 0; i < value.length; i += 1) if (!isUpperOrDigit(value.charCodeAt(i))) return false;
  return true;
}

/** Stars or a word in place of what was there. */
export const isMasked = (value: Value) =>
  typeof value === 'string' &&
  (value.includes('***') || value.includes('•••') || /redacted|masked|filtered/i.test(value));

const shortestRandom = 16;

/** Long, without a blank, of letters and digits mixed: nobody's name. */
export function isRandom(value: Value): boolean {
  if (typeof value !== 'string' || value.length < shortestRandom || value.length > 512) return false;
  let letters = 0;
  let digits = 0;
  for (let i = 0; i < value.length; i += 1) {
    const code = value.charCodeAt(i);
    if (code >= 48 && code <= 57) digits += 1;
    else if ((code | 0x20) >= 97 && (code | 0x20) <= 122) letters += 1;
    else if (code !== 45 && code !== 95) return false;
  }
  return letters >= 3 && digits >= 3;
}

export type TimeUnit = 'epoch-s' | 'epoch-ms' | 'epoch-us' | 'epoch-ns' | 'rfc3339' | 'any-time';

/** 2001 to 2100: what lies outside is no time of a request. */
const earliestMs = 978_307_200_000;
const latestMs = 4_102_444_800_000;

/** How a time is written; null when it is none. */
export function timeUnitOf(value: Value): TimeUnit | null {
  if (typeof value === 'boolean') return null;
  const ms = epochMs(value);
  if (!(ms >= earliestMs && ms <= latestMs)) return null;
  const count = number(value);
  if (count === null) return typeof value === 'string' && value[4] === '-' ? 'rfc3339' : 'any-time';
  if (count < 1e11) return 'epoch-s';
  if (count < 1e14) return 'epoch-ms';
  return count < 1e17 ? 'epoch-us' : 'epoch-ns';
}

/** A text of a time that says neither Z nor an offset. */
export function isZoneless(value: Value): boolean {
  if (typeof value !== 'string' || number(value) !== null) return false;
  const tail = value.slice(10);
  return !(value.endsWith('Z') || value.endsWith('z') || tail.includes('+') || tail.includes('-'));
}
