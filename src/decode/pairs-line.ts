import { logfmt } from './formats/tokens.ts';
import type { Line } from './unwrapped.ts';

/** Fewer may stand in any sentence. */
const fewestPairs = 3;
/** Time and level before the first pair. */
const longestHead = 80;
const name = /^[A-Za-z_@][\w.@/-]*$/;

/**
 * `at=info method=GET path=/orders/7` is an object that nobody wrote as JSON: names and values go to the
 * formats and mappings of JSON. Null where the line is nothing of the kind. A time may stand before the
 * pairs; it is called `time`, unless a pair is.
 */
export function asPairs({ json, text }: Line): Line | null {
  if (json !== null) return null;
  const start = startOfPairs(text);
  if (start < 0) return null;
  const pairs = logfmt(text.slice(start));
  const names = Object.keys(pairs);
  if (names.length < fewestPairs || !names.every((each) => name.test(each))) return null;
  const time = timeBefore(text.slice(0, start));
  return { json: time === null || Object.hasOwn(pairs, 'time') ? pairs : { ...pairs, time }, text: '' };
}

function startOfPairs(text: string): number {
  const equals = text.slice(0, longestHead).indexOf('=');
  return equals < 1 ? -1 : text.lastIndexOf(' ', equals) + 1;
}

/** `2026-01-05T10:00:00Z INFO ` or `2026-01-05 10:00:00.250 `. */
function timeBefore(head: string): string | null {
  const [day = '', clock = ''] = head.split(' ', 2);
  if (!/^\d{4}-\d\d-\d\d/.test(day)) return null;
  return /^\d\d:\d\d/.test(clock) ? `${day} ${clock}` : day;
}
