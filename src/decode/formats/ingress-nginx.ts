import type { Reading } from '../format.ts';
import { amount, object, text } from '../text.ts';
import { scaled } from './fields.ts';

/**
 * What ingress-nginx writes behind the combined format: `300 0.250 [upstream] [alternative] address bytes
 * seconds status id`, in old versions without the alternative. It stands behind the last quote, so that
 * no caller can write it.
 */
export function withIngress(line: string, reading: Reading | null): Reading | null {
  const tail = line.slice(line.lastIndexOf('"') + 1);
  if (reading === null || !tail.includes(' [')) return reading;
  // Of several attempts each has its address, bytes, time and status, with commas between.
  const [, size, took, upstream, ...behind] = tail.replaceAll(', ', ',').split(' ', 64);
  if (!upstream?.startsWith('[') || !upstream.endsWith(']') || behind.length === 0) return reading;
  const rest = behind[0]?.startsWith('[') === true ? behind.slice(1) : behind;
  return {
    ...reading,
    plain: {
      ...object(reading.plain),
      requestBytes: amount(size),
      upstreamName: text(upstream.slice(1, -1)),
      upstreamDurationMs: rest.length === 5 ? scaled(rest[2], 1000) : null,
      httpRequestId: text(rest.at(-1)),
    },
    durationMs: scaled(took, 1000),
  };
}
