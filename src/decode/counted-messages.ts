const mostDigits = 6;

/**
 * Messages of syslog over TCP, each behind the number of its bytes (`83 <34>1 … 70 <34>1 …`); null for every
 * other text. The last may be short of a newline, which is taken off a line before it comes here.
 */
export function countedMessages(content: string, most: number): string[] | null {
  if (afterCount(content) === null) return null;
  const bytes = Buffer.from(content);
  const messages: string[] = [];
  let at = 0;
  while (at < bytes.length && messages.length < most) {
    const head = bytes.toString('latin1', at, at + mostDigits + 3);
    const message = afterCount(head);
    if (message === null) return null;
    const start = at + head.length - message.length;
    at = start + Number(head.slice(0, start - at - 1));
    messages.push(bytes.toString('utf8', start, at));
    while (bytes[at] === 0x0a || bytes[at] === 0x0d) at += 1;
  }
  return messages;
}

/** What stands behind a count, where that is a message with its priority; null for every other line. */
export function afterCount(line: string): string | null {
  let blank = 0;
  while (blank <= mostDigits && isDigit(line.charCodeAt(blank))) blank += 1;
  if (blank < 1 || blank > mostDigits || line[0] === '0') return null;
  return line.startsWith(' <', blank) && isDigit(line.charCodeAt(blank + 2)) ? line.slice(blank + 1) : null;
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}
