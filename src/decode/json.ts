export type Parsed =
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'too-deep' }
  | { readonly kind: 'broken'; readonly why: string };

/** JSON.parse with a limit on nesting, and the two repairs that gateways' hand-written formats need. */
export function parseJson(text: string, maxDepth: number): Parsed {
  if (isDeeper(text, maxDepth)) return { kind: 'too-deep' };
  try {
    return { kind: 'value', value: JSON.parse(text) };
  } catch (error) {
    const repaired = repair(text);
    if (repaired !== text) {
      try {
        return { kind: 'value', value: JSON.parse(repaired) };
      } catch {
        // The first error names the fault in the line as it came.
      }
    }
    return { kind: 'broken', why: positionOnly(error) };
  }
}

/** The engine's message quotes the text around the fault, which may hold a secret: only its place is kept. */
function positionOnly(error: unknown): string {
  const message = error instanceof Error ? error.message : '';
  const at = message.indexOf(' at position ');
  if (at < 0) return 'it ends too early or is no JSON at all';
  const place = message.slice(at + 13);
  let digits = 0;
  while (digits < place.length && place.charCodeAt(digits) >= 48 && place.charCodeAt(digits) <= 57)
    digits += 1;
  return `unexpected character at position ${place.slice(0, digits)}`;
}

/** Fewer brackets than levels settle it for plain logs, by native searches. */
function isDeeper(text: string, maxDepth: number): boolean {
  let brackets = 0;
  for (const bracket of '{[') {
    for (let at = text.indexOf(bracket); at >= 0; at = text.indexOf(bracket, at + 1)) {
      brackets += 1;
      if (brackets > maxDepth) return isReallyDeeper(text, maxDepth);
    }
  }
  return false;
}

function isReallyDeeper(text: string, maxDepth: number): boolean {
  let open = 0;
  let inString = false;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (inString) {
      if (code === 0x5c) i += 1;
      else if (code === 0x22) inString = false;
    } else if (code === 0x22) inString = true;
    else if (code === 0x7b || code === 0x5b) {
      open += 1;
      if (open > maxDepth) return true;
    } else if (code === 0x7d || code === 0x5d) open -= 1;
  }
  return false;
}

/**
 * `\x22` → `\u0022` within texts, and outside of them a bare `-` where a value stands → null. Nothing else.
 * Whole stretches are copied at once, in one pass.
 */
function repair(text: string): string {
  let repaired = '';
  let from = 0;
  let inString = false;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code === 0x22) inString = !inString;
    else if (inString && code === 0x5c) {
      i += 1;
      if (text[i] !== 'x') continue;
      repaired += `${text.slice(from, i)}u00`;
      from = i + 1;
    } else if (!inString && code === 0x2d && isAlone(text, i)) {
      repaired += `${text.slice(from, i)}null`;
      from = i + 1;
    }
  }
  return from === 0 ? text : repaired + text.slice(from);
}

const mostBlanks = 16;

/** No digit follows, but what ends a value. */
function isAlone(text: string, at: number): boolean {
  let end = at + 1;
  while (end - at <= mostBlanks && text.charCodeAt(end) <= 0x20) end += 1;
  return text[end] === ',' || text[end] === '}' || text[end] === ']';
}

/** Top-level objects written one after the other without a gap, at most `most`. One pass. */
export function concatenated(text: string, most: number): string[] {
  const parts: string[] = [];
  let open = 0;
  let start = 0;
  let inString = false;
  for (let i = 0; i < text.length && parts.length < most; i += 1) {
    const code = text.charCodeAt(i);
    if (inString) {
      if (code === 0x5c) i += 1;
      else if (code === 0x22) inString = false;
    } else if (code === 0x22) inString = true;
    else if (code === 0x7b || code === 0x5b) open += 1;
    else if (code === 0x7d || code === 0x5d) {
      open -= 1;
      if (open === 0) {
        parts.push(text.slice(start, i + 1));
        start = i + 1;
      }
    }
  }
  if (parts.length > 0 && text.slice(start).trim() !== '') parts.push(text.slice(start));
  return parts;
}
