import type { UsageEvent } from '../../../schemas/usage-event.ts';
import { amount, isMissing, type JsonObject, text } from '../text.ts';
import { epochMs } from '../time.ts';

/** The first of these fields that says something; null when none does. */
export function pick(line: JsonObject, ...names: readonly string[]): unknown {
  for (const name of names) {
    const value = line[name];
    if (!isMissing(value)) return value;
  }
  return null;
}

/** A header's value; a repeated header is an array, of which the first counts. */
export function header(headers: JsonObject, name: string, max = 256): string | null {
  const value = headers[name];
  return text(Array.isArray(value) ? value[0] : value, max);
}

const keyHeaders = [
  'apikey',
  'x-api-key',
  'api-key',
  'x-apikey',
  'x-auth-token',
  'ocp-apim-subscription-key',
  'x-goog-api-key',
];

/** The raw API key among lower-case headers; it must go nowhere but to the `apiKey` of a Reading. */
export function apiKeyOf(headers: JsonObject): string | null {
  for (const name of keyHeaders) {
    const value = header(headers, name, 4096);
    if (value !== null) return value;
  }
  return null;
}

/** Headers by lower-case name; at most 100 are looked at. */
export function lowerCased(headers: JsonObject): JsonObject {
  const lower = new Map<string, unknown>();
  for (const name of Object.keys(headers).slice(0, 100)) lower.set(name.toLowerCase(), headers[name]);
  return Object.fromEntries(lower);
}

/** A size or duration in other units; of a list (`0.010, 0.020`) the first counts. */
export function scaled(value: unknown, factor: number): number | null {
  const first = typeof value === 'string' && value.includes(',') ? value.slice(0, value.indexOf(',')) : value;
  const parsed = amount(first);
  return parsed === null ? null : parsed * factor;
}

const unitsMs: ReadonlyMap<string, number> = new Map([
  ['ns', 1e-6],
  ['µs', 1e-3],
  ['μs', 1e-3],
  ['us', 1e-3],
  ['ms', 1],
  ['s', 1000],
  ['m', 60_000],
  ['h', 3_600_000],
]);

/** Go's `1m2.5s`, `4.529µs` → milliseconds; null for anything else. */
export function goDurationMs(value: unknown): number | null {
  if (typeof value !== 'string' || value.length > 32) return null;
  let sum = 0;
  let at = 0;
  while (at < value.length) {
    let end = at;
    while (end < value.length && isNumeric(value.charCodeAt(end))) end += 1;
    let unitEnd = end;
    while (unitEnd < value.length && !isNumeric(value.charCodeAt(unitEnd))) unitEnd += 1;
    const unit = unitsMs.get(value.slice(end, unitEnd));
    const count = Number(value.slice(at, end));
    if (unit === undefined || end === at || !Number.isFinite(count)) return null;
    sum += count * unit;
    at = unitEnd;
  }
  return at === 0 ? null : sum;
}

function isNumeric(code: number): boolean {
  return (code >= 48 && code <= 57) || code === 46;
}

/** Milliseconds from the first to the second of two times; null unless both are known and in order. */
export function between(from: unknown, to: unknown): number | null {
  const start = epochMs(from);
  const end = epochMs(to);
  return end >= start ? end - start : null;
}

/** Fields nearly every access log has. */
export const ordinary: readonly (keyof UsageEvent)[] = [
  'timestampMs',
  'method',
  'path',
  'status',
  'responseBytes',
  'durationMs',
  'userAgent',
  'clientAddress',
];

/** Host and port of a backend's URL: its path and user info may hold what no log should. */
export function hostOf(value: unknown): string | null {
  const url = text(value, 2048);
  if (url === null) return null;
  const scheme = url.indexOf('://');
  const start = scheme < 0 ? 0 : scheme + 3;
  const slash = url.indexOf('/', start);
  const authority = url.slice(start, slash < 0 ? undefined : slash);
  return text(authority.slice(authority.lastIndexOf('@') + 1));
}

const hashLengths = new Set([8, 16, 32, 40, 64]);

/** Hexadecimal of the length of a usual hash: 32 to 256 bits. */
export function looksHashed(value: string | null): boolean {
  if (value === null || !hashLengths.has(value.length)) return false;
  for (let at = 0; at < value.length; at += 1) {
    const code = value.charCodeAt(at);
    const isHex = (code >= 48 && code <= 57) || ((code | 32) >= 97 && (code | 32) <= 102);
    if (!isHex) return false;
  }
  return true;
}

/** Two letters, as ISO 3166-1 has them; a country's name is none. Some letters in upper case are two. */
export function countryCode(value: unknown): string | null {
  const code = text(value, 8)?.toUpperCase();
  return code?.length === 2 && isUpperLetter(code, 0) && isUpperLetter(code, 1) ? code : null;
}

function isUpperLetter(code: string, at: number): boolean {
  return code.charCodeAt(at) >= 65 && code.charCodeAt(at) <= 90;
}
