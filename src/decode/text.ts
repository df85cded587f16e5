/** What gateways write when they know nothing. */
const missing = new Set([
  '',
  '-',
  'null',
  'None',
  'N/A',
  'UNKNOWN',
  'undefined',
  '(null)',
  '(not set)',
  'nil',
  '<nil>',
]);

const longestMissing = 9;
/** First characters of those words, by code: most texts are told by one look. */
const firstOfMissing = new Uint8Array(128);
for (const word of missing) if (word !== '') firstOfMissing[word.charCodeAt(0)] = 1;

export function isMissing(value: unknown): boolean {
  if (value === null || value === undefined) return true;
  if (typeof value !== 'string') return false;
  // Hashing every text for the set would cost more than all the rest of reading it.
  if (value.length > longestMissing) return value.charCodeAt(0) === 36 && value.startsWith('$context.');
  if (value.length === 0) return true;
  const first = value.charCodeAt(0);
  return firstOfMissing[first < 128 ? first : 0] === 1 && missing.has(value);
}

/**
 * The first of these values that says something; null when none does. Each is read from the line under a
 * name written out where it is called, which is several times faster than looking names up in a loop.
 */
export function first(a: unknown, b?: unknown, c?: unknown, d?: unknown, e?: unknown, f?: unknown): unknown {
  if (!isMissing(a)) return a;
  if (!isMissing(b)) return b;
  if (!isMissing(c)) return c;
  if (!isMissing(d)) return d;
  if (!isMissing(e)) return e;
  return isMissing(f) ? null : f;
}

/** Control, bidirectional and other invisible characters could steer a terminal or hide text. */
function isHarmful(code: number): boolean {
  return (
    code < 0x20 ||
    (code >= 0x7f && code <= 0x9f) ||
    (code >= 0x200b && code <= 0x200f) ||
    (code >= 0x2028 && code <= 0x202e) ||
    (code >= 0x2060 && code <= 0x206f) ||
    code === 0xfeff ||
    (code >= 0xd800 && code <= 0xdfff)
  );
}

/** Text without characters that could steer a terminal, log or page, cut to `max` characters. */
export function clean(text: string, max: number): string {
  const length = Math.min(text.length, max);
  for (let i = 0; i < length; i += 1) {
    const code = text.charCodeAt(i);
    if ((code < 0x20 || code > 0x7e) && isHarmful(code)) return cleaned(text, length);
  }
  return length === text.length ? text : text.slice(0, length);
}

function cleaned(text: string, length: number): string {
  let kept = '';
  for (let i = 0; i < length; i += 1) {
    const code = text.charCodeAt(i);
    // A whole surrogate pair is a character; a lone half is damage.
    if (code >= 0xd800 && code <= 0xdbff && i + 1 < length) {
      const next = text.charCodeAt(i + 1);
      if (next >= 0xdc00 && next <= 0xdfff) {
        kept += text.slice(i, i + 2);
        i += 1;
        continue;
      }
    }
    kept += isHarmful(code) ? '' : text[i];
  }
  return kept;
}

let isLinePlain = false;

/**
 * Says before a format reads a line whether its texts are known to hold printable ASCII only: then
 * `text` need not look at each of their characters. Whoever sets it takes it back when the line is read.
 */
export function takeAsPlain(isPlain: boolean): void {
  isLinePlain = isPlain;
}

/** A present text, cleaned and cut; null when missing or of another type. Numbers become their digits. */
export function text(value: unknown, max = 256): string | null {
  if (typeof value !== 'string')
    return typeof value === 'number' || typeof value === 'bigint' ? String(value) : null;
  if (isMissing(value)) return null;
  if (isLinePlain) return value.length <= max ? value : value.slice(0, max);
  const kept = clean(value, max);
  return kept === '' ? null : kept;
}

/** A finite number, also from a plain decimal string; null when missing, −1 kept. */
export function number(value: unknown): number | null {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value !== 'string') return null;
  const plain = plainDecimal(value);
  return Number.isNaN(plain) ? otherNumber(value) : plain;
}

const mostExactDigits = 15;
const powersOfTen = Array.from({ length: mostExactDigits + 1 }, (_, n) => 10 ** n);

/** Digits with at most one point between them, by far the commonest; NaN for all else. */
function plainDecimal(value: string): number {
  const { length } = value;
  if (length === 0 || length > mostExactDigits) return Number.NaN;
  let digits = 0;
  let point = -1;
  for (let i = 0; i < length; i += 1) {
    const digit = value.charCodeAt(i) - 48;
    if (digit >= 0 && digit <= 9) digits = digits * 10 + digit;
    else if (digit === -2 && point < 0 && i > 0 && i < length - 1) point = i;
    else return Number.NaN;
  }
  // Both are exact in a double, so that their quotient is the nearest there is, as the engine's own.
  return point < 0 ? digits : digits / (powersOfTen[length - 1 - point] as number);
}

function otherNumber(value: string): number | null {
  if (value.length > 32 || isMissing(value)) return null;
  const parsed = Number(value);
  return Number.isFinite(parsed) && value.trim() !== '' ? parsed : null;
}

/** A size or duration: null when missing or negative (−1 means unknown nearly everywhere). */
export function amount(value: unknown): number | null {
  const parsed = number(value);
  return parsed === null || parsed < 0 ? null : parsed;
}

const statusLine = /^(?:HTTP\/[\d.]{1,3} )?(\d{3}) [A-Za-z]/;

/**
 * A status code. Of a list (`500, 200 : 200`) the last counts, of a status line (`HTTP/1.1 200 OK`, `200 OK`)
 * the number; 0 means that nothing was answered.
 */
export function status(value: unknown): number | null {
  let candidate = value;
  if (typeof value === 'string' && (value.includes(',') || value.includes(' '))) {
    candidate =
      statusLine.exec(value)?.[1] ??
      value.slice(Math.max(value.lastIndexOf(','), value.lastIndexOf(' ')) + 1);
  }
  const parsed = number(candidate);
  return parsed !== null && Number.isInteger(parsed) && parsed >= 100 && parsed <= 999 ? parsed : null;
}

const noTexts: readonly string[] = Object.freeze([]);

/** Texts of a list, or of one blank- or comma-separated text. */
export function texts(value: unknown, most = 64): readonly string[] {
  const parts = Array.isArray(value)
    ? value
    : typeof value === 'string'
      ? value.split(separatorOf(value))
      : [];
  if (parts.length === 0) return noTexts;
  const kept: string[] = [];
  for (const part of parts) {
    const one = text(part);
    if (one !== null && kept.length < most) kept.push(one);
  }
  return kept;
}

function separatorOf(value: string): string {
  return value.includes(' ') ? ' ' : ',';
}

export const noObject: JsonObject = Object.freeze({});

/** A nested object, or an empty one; arrays and texts are not objects. */
export function object(value: unknown): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as JsonObject)
    : noObject;
}

export type JsonObject = { readonly [key: string]: unknown };
