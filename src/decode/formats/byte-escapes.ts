/** Apache writes a quote as `\"`, NGINX as `\x22`, and both a byte beyond ASCII as `\xC3`. */
export function withoutEscapes(value: string): string {
  let at = value.indexOf('\\');
  if (at < 0) return value;
  const bytes = Buffer.alloc(3 * value.length);
  let end = 0;
  let from = 0;
  for (; at >= 0; at = value.indexOf('\\', Math.max(from, at + 1))) {
    const next = value[at + 1];
    const byte =
      next === 'x' ? hexByte(value, at + 2) : next === '"' || next === '\\' ? next.charCodeAt(0) : -1;
    if (byte < 0) continue;
    end += bytes.write(value.slice(from, at), end);
    bytes[end] = byte;
    end += 1;
    from = at + (next === 'x' ? 4 : 2);
  }
  end += bytes.write(value.slice(from), end);
  return bytes.toString('utf8', 0, end);
}

/** Two hexadecimal digits as a number; -1 when they are not there. */
function hexByte(value: string, at: number): number {
  const [high, low] = [hexDigit(value.charCodeAt(at)), hexDigit(value.charCodeAt(at + 1))];
  return high < 0 || low < 0 ? -1 : 16 * high + low;
}

function hexDigit(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const letter = code | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}
