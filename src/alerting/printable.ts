/**
 * Text from a log line made safe to print: control characters, terminal sequences, direction
 * overrides and invisible characters become visible escapes, so that an attacker can neither move
 * the cursor nor make a line look like another. Longer text is cut with an ellipsis.
 */
export function printable(text: string, maxLength = 400): string {
  let out = '';
  let length = 0;
  for (const character of text) {
    if (length === maxLength) return `${out}…`;
    out += isUnsafe(character.codePointAt(0) ?? 0) ? escapeOf(character.codePointAt(0) ?? 0) : character;
    length++;
  }
  return out;
}

/** One JSON line in which every unsafe character is a `\u` escape; parses to the same value. */
export function printableJson(value: unknown): string {
  let out = '';
  for (const character of JSON.stringify(value)) {
    const point = character.codePointAt(0) ?? 0;
    out += isUnsafe(point)
      ? character
          .split('')
          .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
          .join('')
      : character;
  }
  return out;
}

/** C0, C1, direction marks, zero-width and other format characters, lone surrogates, tags, specials. */
const unsafeRanges: readonly (readonly [from: number, to: number])[] = [
  [0x00, 0x1f],
  [0x7f, 0x9f],
  [0xad, 0xad],
  [0x061c, 0x061c],
  [0x115f, 0x1160],
  [0x180e, 0x180e],
  [0x200b, 0x200f],
  [0x2028, 0x202e],
  [0x2060, 0x206f],
  [0x3164, 0x3164],
  [0xd800, 0xdfff],
  [0xfe00, 0xfe0f],
  [0xfeff, 0xfeff],
  [0xffa0, 0xffa0],
  [0xfff0, 0xfffb],
  [0xe0000, 0xe0fff],
];

function isUnsafe(point: number): boolean {
  if (point >= 0x20 && point < 0x7f) return false;
  return unsafeRanges.some(([from, to]) => point >= from && point <= to);
}

function escapeOf(point: number): string {
  if (point === 0x0a) return '\\n';
  if (point === 0x0d) return '\\r';
  if (point === 0x09) return '\\t';
  return point <= 0xff ? `\\x${point.toString(16).padStart(2, '0')}` : `\\u{${point.toString(16)}}`;
}
