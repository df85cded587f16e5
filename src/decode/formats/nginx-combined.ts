import type { Format } from '../format.ts';
import { endsInDuration, placeOfTime, readCombined } from './combined-line.ts';
import { withIngress } from './ingress-nginx.ts';
import { nginxSnippet, nginxYields } from './nginx-snippet.ts';

/** `2021/12/01 13:53:33 [error] …`: errors are often shipped with the accesses. */
function isErrorLine(line: string): boolean {
  if (line[0] === '[') return line[4] === ' ' && line[8] === ' ' && isApacheError(line);
  return line[4] === '/' && line[7] === '/' && line[10] === ' ' && line.startsWith(' [', 19);
}

/** `[Wed Jan 05 11:00:00.123 2026] [core:error] [pid 7] …` */
function isApacheError(line: string): boolean {
  const close = line.indexOf('] [');
  return close > 20 && close < 40 && line[14] === ':' && line[17] === ':';
}

export const nginxCombined: Format = {
  id: 'nginx-combined',
  title: 'NGINX and Apache combined log (text)',
  shape: 'text',
  matches: (_line, line) => {
    if (isErrorLine(line)) return true;
    const open = placeOfTime(line);
    if (open < 0) return false;
    const close = line.indexOf(']', open);
    // Amazon's example for its API Gateway has no blank there.
    const isAsked = line.startsWith(' "', close + 1) || line.startsWith('"', close + 1);
    return close > 0 && isAsked && !endsInDuration(line);
  },
  read: (_line, line) =>
    (isErrorLine(line)
      ? { skip: "a line of NGINX's or Apache's error log" }
      : withIngress(line, readCombined(line))) ?? {
      refuse: 'missing-field',
      detail: 'the combined format needs address, [time], "request" and status',
    },
  pitfalls: [
    'The format has no place for a credential: callers are told apart by address only, until the log format is changed.',
  ],
  snippet: nginxSnippet,
  yields: nginxYields,
  verified: 'NGINX 1.22.1 run for real with its combined format; lines with a virtual host in front',
};
