import type { Coercion } from '../../schemas/mapping.ts';
import { goDurationMs, scaled } from './formats/fields.ts';
import { number, status, texts } from './text.ts';

/** What a request line has parts for. */
export type RequestPart = 'method' | 'target';

const truths = new Map<unknown, boolean>([
  [true, true],
  ['true', true],
  [1, true],
  ['1', true],
  [false, false],
  ['false', false],
  [0, false],
  ['0', false],
]);

const longestRequestLine = 16_384;

/**
 * Reads a value of a log line as a mapping says: times become epoch milliseconds, durations milliseconds,
 * sizes bytes. Null when the value is not of that kind. Texts come back as they are, uncut and uncleaned.
 */
export function coerced(value: unknown, how: Coercion): unknown {
  switch (how) {
    case 'any-time':
      return value;
    case 'epoch-s':
      return whole(scaled(value, 1000));
    case 'epoch-ms':
      return whole(scaled(value, 1));
    case 'epoch-us':
      return whole(scaled(value, 1e-3));
    case 'epoch-ns':
      return whole(scaled(value, 1e-6));
    case 'rfc3339':
      return typeof value === 'string' && value[4] === '-' ? value : null;
    case 'milliseconds':
    case 'bytes':
      return scaled(value, 1);
    case 'seconds':
    case 'kilobytes':
      return scaled(value, 1000);
    case 'microseconds':
      return scaled(value, 1e-3);
    case 'nanoseconds':
      return scaled(value, 1e-6);
    case 'go-duration':
      return goDurationMs(value);
    case 'status':
      return status(value);
    case 'integer': {
      const parsed = number(value);
      return Number.isSafeInteger(parsed) ? parsed : null;
    }
    case 'number':
      return number(value);
    case 'boolean':
      return truths.get(value) ?? null;
    case 'list':
      return texts(value);
    case 'string':
    case 'split-method-path':
      return typeof value === 'string' || typeof value === 'number' ? value : null;
  }
}

/** `GET /orders/7 HTTP/1.1` → `GET` or `/orders/7`; a line without a blank is a bare path. */
export function requestPart(value: unknown, part: RequestPart): string | null {
  if (typeof value !== 'string' || value.length > longestRequestLine) return null;
  const line = value.trim();
  const blank = line.indexOf(' ');
  if (blank < 0) return part === 'target' && line.startsWith('/') ? line : null;
  if (part === 'method') return line.slice(0, blank);
  const rest = line.slice(blank + 1).trim();
  const protocol = rest.lastIndexOf(' ');
  // A path may hold blanks: only a protocol ends it.
  return protocol > 0 && rest.slice(protocol + 1).startsWith('HTTP/') ? rest.slice(0, protocol) : rest;
}

/** Times of 1973 to 5138: outside of them the unit is another one than was said, and guessing would hide it. */
function whole(ms: number | null): number | null {
  return ms !== null && ms >= 1e11 && ms < 1e14 ? Math.round(ms) : null;
}
