import type { Format, ReadResult } from '../format.ts';
import { amount, status, text } from '../text.ts';
import { envoySnippet, snippetYields } from './envoy.ts';
import { requestLine } from './nginx.ts';
import { type Part, partsOf } from './tokens.ts';

const istioExtra = 3;

/** Without a downstream address in the line, the entry next to Envoy is the only one Envoy wrote itself. */
function nearest(forwardedFor: string | null): string | null {
  if (forwardedFor === null) return null;
  return forwardedFor.slice(forwardedFor.lastIndexOf(',') + 1).trim();
}

function read(_line: unknown, line: string): ReadResult {
  const close = line.indexOf(']');
  const parts = partsOf(line.slice(close + 1), 32);
  const at = (index: number): string | null => text((parts[index] as Part | undefined)?.value, 1024);
  // Istio puts details, termination and the transport's failure between the flags and the sizes.
  const isIstio = parts[5]?.isQuoted === true;
  const sizes = isIstio ? 3 + istioExtra : 3;
  if (amount(parts[sizes]?.value) === null || amount(parts[sizes + 1]?.value) === null)
    return {
      refuse: 'missing-field',
      detail: 'the sizes are not where the default and the Istio format have them',
    };
  const forwardedFor = at(sizes + 4);
  const code = status(parts[1]?.value);
  return {
    time: line.slice(1, close),
    plain: {
      httpRequestId: text(at(sizes + 6)),
      host: text(at(sizes + 7)),
      requestBytes: amount(parts[sizes]?.value),
      responseBytes: amount(parts[sizes + 1]?.value),
      upstreamDurationMs: amount(parts[sizes + 3]?.value),
      errorType: text(at(2)) ?? (isIstio && code !== null && code >= 400 ? text(at(3)) : null),
      upstreamName: text(isIstio ? at(sizes + 9) : at(sizes + 8)),
      apiName: isIstio ? text(at(sizes + 14)) : null,
    },
    client: (isIstio ? at(sizes + 12) : null) ?? nearest(forwardedFor),
    forwardedFor,
    ...requestLine(text(parts[0]?.value, 8192)),
    status: code,
    durationMs: amount(parts[sizes + 2]?.value),
    userAgent: text(at(sizes + 5), 512),
  };
}

export const envoyText: Format = {
  id: 'envoy-text',
  title: 'Envoy and Istio default access log (text)',
  shape: 'text',
  matches: (_line, line) =>
    line[0] === '[' &&
    line[5] === '-' &&
    line[8] === '-' &&
    line.indexOf('] "') > 18 &&
    line.indexOf('] "') < 40,
  read,
  pitfalls: [
    'No credential, and in the default format no address but X-Forwarded-For: switch to JSON with the jwt_* keys.',
    'A quote in a user agent is not escaped and shifts the fields behind it.',
    'A mesh logs every call at both sidecars with the same request id: ship the gateway workload only.',
  ],
  snippet: envoySnippet,
  yields: {
    byDefault: [
      'timestampMs',
      'method',
      'path',
      'status',
      'responseBytes',
      'requestBytes',
      'durationMs',
      'userAgent',
      'clientAddress',
      'httpRequestId',
    ],
    withSnippet: snippetYields,
  },
  verified: 'lines of Envoy and Istio, with IPv4 and IPv6 callers',
};
