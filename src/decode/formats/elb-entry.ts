import { isIP } from 'node:net';
import type { Reading } from '../format.ts';
import { amount, number, status, text } from '../text.ts';
import { requestLine } from './request-line.ts';

const longestStart = 512;

/** What entries of Elastic Load Balancing have alike, from the time on: load balancer, client, target, times, statuses … */
export function readEntry(values: readonly string[]): Reading {
  const times = [values[4], values[5], values[6]].map(number);
  const isTimed = times.every((time) => time !== null && time >= 0);
  return {
    time: values[0],
    plain: {
      gatewayName: text(values[1]),
      requestBytes: amount(values[9]),
      responseBytes: amount(values[10]),
      upstreamDurationMs: amount(times[1]) === null ? null : (times[1] as number) * 1000,
      tlsVersion: text(values[14], 32),
    },
    client: text(values[2], 64),
    ...requestLine(text(values[11], 8192)),
    status: status(values[7]),
    durationMs: isTimed ? times.reduce<number>((sum, time) => sum + (time as number) * 1000, 0) : null,
    userAgent: text(values[12], 512),
  };
}

/** `TIME name address:port target 0.000 0.000 0.000 …`: an entry of a Classic Load Balancer. */
export function isClassicEntry(line: string): boolean {
  if (!startsWithTime(line)) return false;
  const fields = line.slice(0, longestStart).split(' ', 8);
  const client = fields[2] ?? '';
  return (
    fields.length === 8 &&
    isIP(client.slice(0, Math.max(0, client.lastIndexOf(':')))) !== 0 &&
    number(fields[4]) !== null &&
    number(fields[5]) !== null &&
    number(fields[6]) !== null
  );
}

/** `TIME address port port TLSv1.2 …`: of an Application Load Balancer's connection log. */
export function isConnectionEntry(line: string): boolean {
  if (!startsWithTime(line)) return false;
  const [, client = '', port, listener, tls = '', ...rest] = line.slice(0, longestStart).split(' ', 8);
  return (
    rest.length === 3 &&
    isIP(client) !== 0 &&
    number(port) !== null &&
    number(listener) !== null &&
    (tls === '-' || tls.startsWith('TLS'))
  );
}

/** `2026-01-05T10:00:00` and more. */
function startsWithTime(line: string): boolean {
  return line[4] === '-' && line[10] === 'T' && line[13] === ':' && line[16] === ':';
}
