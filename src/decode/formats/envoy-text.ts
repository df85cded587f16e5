import type { Format, ReadResult } from '../format.ts';
import { amount, status, text } from '../text.ts';
import { envoySnippet, nearest, noRequest, snippetYields } from './envoy.ts';
import { ordinary } from './fields.ts';
import { requestLine } from './request-line.ts';
import { type Part, partsOf } from './tokens.ts';

const mark = 'ACCESS ';
/** Method, status, flags: the sizes cannot stand before. */
const fewestBeforeSizes = 3;

/** Three numbers in a row: bytes received, bytes sent, duration. −1 when they are not there. */
function placeOfSizes(parts: readonly Part[]): number {
  const isSize = (at: number) => parts[at]?.isQuoted === false && amount(parts[at]?.value) !== null;
  for (let at = fewestBeforeSizes; at + 2 < parts.length; at += 1)
    if (isSize(at) && isSize(at + 1) && isSize(at + 2)) return at;
  return -1;
}

/**
 * Istio puts details, termination and the transport's failure between the flags and the sizes, before
 * version 1.9 a mixer's status and the failure; and more behind the upstream's host.
 */
function read(_line: unknown, given: string): ReadResult {
  const line = given.startsWith(mark) ? given.slice(mark.length) : given;
  const close = line.indexOf(']');
  const parts = partsOf(line.slice(close + 1), 32);
  const at = (index: number): string | null => text((parts[index] as Part | undefined)?.value, 1024);
  const sizes = placeOfSizes(parts);
  if (sizes < 0)
    return {
      refuse: 'missing-field',
      detail: 'the sizes are not where the default and the Istio format have them',
    };
  const code = status(parts[1]?.value);
  if (code === null && parts[0]?.value === '- - -') return { skip: noRequest };
  const isIstio = sizes > fewestBeforeSizes;
  // Before 1.9 what stands there has no details.
  const details = sizes === 6 ? text(at(3)) : null;
  const forwardedFor = at(sizes + 4);
  return {
    time: line.slice(1, close),
    plain: {
      httpRequestId: text(at(sizes + 6)),
      host: text(at(sizes + 7)),
      requestBytes: amount(parts[sizes]?.value),
      responseBytes: amount(parts[sizes + 1]?.value),
      upstreamDurationMs: amount(parts[sizes + 3]?.value),
      errorType: text(at(2)) ?? (code !== null && code >= 400 ? details : null),
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

/** Emissary and Ambassador write a word before the bracket. */
function matches(line: string): boolean {
  const open = line.startsWith(mark) ? mark.length : 0;
  const close = line.indexOf('] "');
  return (
    line[open] === '[' &&
    line[open + 5] === '-' &&
    line[open + 8] === '-' &&
    close > open + 18 &&
    close < open + 40
  );
}

export const envoyText: Format = {
  id: 'envoy-text',
  title: 'Envoy and Istio default access log (text)',
  shape: 'text',
  matches: (_line, line) => matches(line),
  read,
  pitfalls: [
    'No credential, and in the default format no address but X-Forwarded-For: switch to JSON with the jwt_* keys.',
    'A quote in a user agent is not escaped and shifts the fields behind it.',
    'A mesh logs every call at both sidecars with the same request id: ship the gateway workload only.',
  ],
  snippet: envoySnippet,
  yields: {
    byDefault: [...ordinary, 'requestBytes', 'httpRequestId'],
    withSnippet: snippetYields,
  },
  verified: 'lines of Envoy and Istio, with IPv4 and IPv6 callers',
};
