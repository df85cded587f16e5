import { isTextLine, isTimedLine } from './formats/index.ts';
import { parseJson } from './json.ts';
import { afterPrefix } from './prefix.ts';

const mostPrefixes = 3;

/**
 * What follows a prefix, where that is JSON or a line of a known format: the time of a line without a
 * prefix looks like the start of one. `prefixes`: how many more may stand there.
 */
export function innerText(line: string, prefixes = mostPrefixes): string | null {
  const inner = prefixes > 0 ? afterPrefix(line)?.trim() : undefined;
  if (inner === undefined || inner === '' || isTimedLine(line)) return null;
  const isSure = isJson(inner) || line[0] === '<';
  return isSure || isKnownText(inner, prefixes - 1) ? inner : null;
}

/** The first line of a text is of a known format, or has JSON or such a line behind its prefix. */
export function isKnownText(text: string, prefixes = mostPrefixes): boolean {
  const newline = text.indexOf('\n');
  const first = newline < 0 ? text : text.slice(0, newline);
  return isTextLine(first) || innerText(first, prefixes) !== null;
}

/** An object, or an array of them. */
export function isJson(text: string): boolean {
  return text.startsWith('{') || text.startsWith('[{');
}

/** A whole line by itself, and so not the end of another. */
export function isWholeLine(text: string, maxDepth: number): boolean {
  return isJson(text) ? parseJson(text.trim(), maxDepth).kind === 'value' : isKnownText(text);
}
