import type { Format, ReadResult } from '../format.ts';
import { amount, number, status, text } from '../text.ts';
import { ordinary } from './fields.ts';
import { haproxyAdds, haproxySnippet } from './haproxy.ts';
import { requestLine } from './request-line.ts';

const longestHead = 2048;
/** Behind frontend and backend; some name the site there. The counts of a TCP log look alike, and stand farther behind. */
const latestTimers = 4;

/** Where the timers stand, five or more with slashes between; −1 where there are none. */
function placeOfTimers(fields: readonly string[]): number {
  return fields.findIndex((field, at) => at >= 2 && at <= latestTimers && timersIn(field).length >= 5);
}

function timersIn(field: string): readonly string[] {
  const times = field.replaceAll('+', '').split('/', 12);
  return times.every((time) => number(time) !== null) ? times : [];
}

/** `client:port`, of which the address may hold colons too. */
function addressIn(head: string): string | null {
  const from = head.slice(head.lastIndexOf(' ') + 1);
  const port = from.lastIndexOf(':');
  return text(port < 0 ? from : from.slice(0, port), 64);
}

/** `client:port [date] frontend backend/server timers status bytes … "request"` */
function read(_line: unknown, line: string): ReadResult {
  const open = line.indexOf(' [') + 1;
  const close = line.indexOf(']', open);
  const quote = line.indexOf('"', close);
  const fields = line.slice(close + 2, close + longestHead).split(' ', latestTimers + 3);
  const at = placeOfTimers(fields);
  if (at < 0) return { skip: 'a line about a connection without a request' };
  if (quote < 0)
    return { refuse: 'missing-field', detail: 'the HTTP log has the request in quotes at its end' };
  const times = timersIn(fields[at] as string);
  const [code, bytes = ''] = fields.slice(at + 1);
  return {
    time: line.slice(open + 1, close),
    plain: {
      responseBytes: amount(bytes.replace('+', '')),
      upstreamDurationMs: amount(times[3]),
      upstreamName: text(fields[1]),
      apiName: text(fields[0]),
    },
    client: addressIn(line.slice(0, open - 1)),
    ...requestLine(text(line.slice(quote + 1, line.lastIndexOf('"')), 8192)),
    status: number(code) === -1 ? null : status(code),
    durationMs: amount(times[times.length - 1]),
  };
}

export const haproxyText: Format = {
  id: 'haproxy-text',
  title: 'HAProxy (option httplog)',
  shape: 'text',
  matches: (_line, line) => {
    const open = line.indexOf(' [');
    // The date has milliseconds and no zone: nobody else's does. A caller may write one too, within quotes.
    return (
      open > 0 &&
      open < 256 &&
      line[open + 22] === '.' &&
      line[open + 26] === ']' &&
      line[open + 13] === ':' &&
      !line.slice(0, open).includes('"')
    );
  },
  read,
  pitfalls: [
    'The format has neither credential nor user agent: use the JSON log-format.',
    'Times are local and without a zone: set decode.assumeTimezoneMinutes.',
    'The request is cut where the log line ends: set len 65535 on the log line.',
  ],
  snippet: haproxySnippet,
  yields: {
    byDefault: ordinary.filter((field) => field !== 'userAgent'),
    withSnippet: haproxyAdds,
  },
  verified: 'HAProxy 2.6.12 run for real with option httplog; lines of older versions',
};
