import { afterCount } from './counted-messages.ts';
import { runtimeLine } from './runtime-line.ts';

/** Says to syslog daemons that JSON follows. */
const cookie = '@cee:';

/** What follows the head that a runtime or a syslog put before a line; null when there is none. */
export function afterPrefix(line: string): string | null {
  if (line.startsWith(cookie)) return line.slice(cookie.length);
  return (
    runtimeLine(line)?.text ??
    afterCount(line) ??
    afterSyslog(line) ??
    afterProcess(line) ??
    afterLogger(line)
  );
}

/**
 * RFC 5424, RFC 3164 with or without its priority and host, rsyslog's file format, and Logstash's plain
 * `TIME HOST LINE`: whatever comes before the line itself.
 */
function afterSyslog(line: string): string | null {
  const close = line[0] === '<' ? line.indexOf('>') : -1;
  const hasPriority = close >= 2 && close <= 4;
  const start = hasPriority ? close + 1 : 0;
  if (hasPriority && line.startsWith('1 ', start)) return afterStructured(line, start + 2);
  if (isBsdTime(line, start)) return afterHost(line, start + 16);
  if (isIsoTime(line, start)) return afterHost(line, line.indexOf(' ', start) + 1);
  return hasPriority ? afterTag(line, start) : null;
}

/** RFC 5424 behind its version: time, host, program, process, message id, structured data. */
function afterStructured(line: string, start: number): string | null {
  let at = start;
  for (let field = 0; field < 5; field += 1) {
    const blank = line.indexOf(' ', at);
    if (blank < 0 || blank - start > longestHead) return null;
    at = blank + 1;
  }
  if (line[at] === '[') at = endOfData(line, at);
  else at += 1;
  const rest = line.slice(at).trimStart();
  return rest.startsWith('\ufeff') ? rest.slice(1) : rest;
}

/** `[id name="value"][…]`, in which only a backslash may stand before a quote. */
function endOfData(line: string, start: number): number {
  let isQuoted = false;
  for (let at = start; at < line.length; at += 1) {
    const character = line[at];
    if (character === '\\') at += 1;
    else if (character === '"') isQuoted = !isQuoted;
    else if (character === ']' && !isQuoted && line[at + 1] !== '[') return at + 1;
  }
  return line.length;
}

/** Behind the time: `host tag[7]: `, `host `, or `tag[7]: ` of programs that leave the host out. */
function afterHost(line: string, start: number): string | null {
  const blank = line.indexOf(' ', start);
  if (blank < 0 || blank - start > longestHead) return null;
  return line[blank - 1] === ':' ? line.slice(blank + 1) : afterTag(line, blank + 1);
}

function afterTag(line: string, start: number): string {
  const blank = line.indexOf(' ', start);
  return blank > start && line[blank - 1] === ':' && blank - start <= longestHead
    ? line.slice(blank + 1)
    : line.slice(start);
}

const longestTag = 64;

/** `haproxy[7]: `, where whoever took the line off syslog left no more than the program. */
function afterProcess(line: string): string | null {
  const end = line.indexOf(']: ');
  const open = end < 0 || end > longestTag ? -1 : line.indexOf('[');
  return open > 0 && open < end && !line.slice(0, open).includes(' ') ? line.slice(end + 3) : null;
}

/** WSO2's logger: `… apimMetrics: apim:response, properties :{…}`. */
function afterLogger(line: string): string | null {
  const brace = line.indexOf('{');
  return brace > 0 && brace < 256 && line.slice(0, brace).includes('apimMetrics: apim:')
    ? line.slice(brace)
    : null;
}

const longestHead = 256;

/** `Feb 28 02:43:10 `. */
function isBsdTime(line: string, at: number): boolean {
  return (
    line[at + 3] === ' ' &&
    line[at + 6] === ' ' &&
    line[at + 9] === ':' &&
    line[at + 12] === ':' &&
    line[at + 15] === ' '
  );
}

/** `2026-01-05T10:00:00` and more. */
function isIsoTime(line: string, at: number): boolean {
  return (
    line[at + 4] === '-' &&
    line[at + 7] === '-' &&
    line[at + 10] === 'T' &&
    line[at + 13] === ':' &&
    line[at + 16] === ':'
  );
}
