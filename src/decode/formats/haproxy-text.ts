import type { Format, ReadResult } from '../format.ts';
import { amount, number, status, text } from '../text.ts';
import { ordinary } from './fields.ts';
import { haproxyAdds, haproxySnippet } from './haproxy.ts';
import { requestLine } from './nginx.ts';

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `14/Jan/2015:12:48:57.127` → ISO without a zone, which keeps the milliseconds and takes the configured zone. */
function isoOf(date: string): string {
  const month = `${months.indexOf(date.slice(3, 6)) + 1}`.padStart(2, '0');
  return `${date.slice(7, 11)}-${month}-${date.slice(0, 2)}T${date.slice(12)}`;
}

/** `client:port [date] frontend backend/server timers status bytes … "request"` */
function read(_line: unknown, line: string): ReadResult {
  const open = line.indexOf('[');
  const close = line.indexOf(']', open);
  const quote = line.indexOf('"', close);
  const [frontend, backend, timers, code, bytes] = line.slice(close + 2, close + 2048).split(' ', 5);
  const times = (timers ?? '').replaceAll('+', '').split('/');
  if (times.length < 5) return { skip: 'a line about a connection without a request' };
  if (quote < 0)
    return { refuse: 'missing-field', detail: 'the HTTP log has the request in quotes at its end' };
  return {
    time: isoOf(line.slice(open + 1, close)),
    plain: {
      responseBytes: amount((bytes ?? '').replace('+', '')),
      upstreamDurationMs: amount(times[3]),
      upstreamName: text(backend),
      apiName: text(frontend),
    },
    client: text(line.slice(line.lastIndexOf(' ', open - 2) + 1, open).trim(), 64),
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
    // The date has milliseconds and no zone: nobody else's does.
    return (
      open > 0 && open < 256 && line[open + 22] === '.' && line[open + 26] === ']' && line[open + 13] === ':'
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
