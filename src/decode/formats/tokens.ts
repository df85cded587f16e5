/** One blank-separated part of a text line; a quoted one comes without its quotes. */
export interface Part {
  readonly value: string;
  readonly isQuoted: boolean;
}

/** Parts of a line in one pass, at most `most`; inside quotes a backslash takes the next character along. */
export function partsOf(line: string, most = 64): Part[] {
  const parts: Part[] = [];
  let at = 0;
  while (at < line.length && parts.length < most) {
    const first = line[at];
    if (first === ' ' || first === '\t') {
      at += 1;
      continue;
    }
    if (first === '"') {
      const end = closingQuote(line, at);
      parts.push({ value: withoutEscapes(line.slice(at + 1, end)), isQuoted: true });
      at = end + 1;
      continue;
    }
    const blank = line.indexOf(' ', at);
    const end = blank < 0 ? line.length : blank;
    parts.push({ value: line.slice(at, end), isQuoted: false });
    at = end + 1;
  }
  return parts;
}

/** A quoted part ends at the first quote not behind a backslash, or with the line. */
function closingQuote(line: string, open: number): number {
  for (let at = open + 1; at < line.length; at += 1) {
    if (line[at] === '\\') at += 1;
    else if (line[at] === '"') return at;
  }
  return line.length;
}

function withoutEscapes(value: string): string {
  return value.includes('\\') ? value.replaceAll('\\"', '"').replaceAll('\\\\', '\\') : value;
}

/** `a=1 b="two words"` → its pairs, at most 128; a name given twice keeps its last value. */
export function logfmt(line: string): Record<string, unknown> {
  const pairs = new Map<string, string>();
  let at = 0;
  while (at < line.length && pairs.size < 128) {
    if (line[at] === ' ') {
      at += 1;
      continue;
    }
    const equals = line.indexOf('=', at);
    if (equals < 0) break;
    // A word without a value stands before the name.
    const name = line.slice(
      line.lastIndexOf(' ', equals) < at ? at : line.lastIndexOf(' ', equals) + 1,
      equals,
    );
    const isQuoted = line[equals + 1] === '"';
    const blank = isQuoted ? closingQuote(line, equals + 1) : line.indexOf(' ', equals);
    const end = blank < 0 ? line.length : blank;
    pairs.set(
      name.slice(0, 128),
      isQuoted ? withoutEscapes(line.slice(equals + 2, end)) : line.slice(equals + 1, end),
    );
    at = end + 1;
  }
  return Object.fromEntries(pairs);
}
