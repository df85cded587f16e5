import { describe, expect, it } from 'vitest';
import { hostileShapes } from '../../bench/hostile.bench.ts';
import { decoder } from './decoding.ts';

const by = decoder({ maxRecordBytes: 4_194_304, trustedHops: 2 });

function bestMs(value: Uint8Array): number {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 5; round += 1) {
    const start = performance.now();
    by.decode({ value, at: { kind: 'stdin', line: 1 }, ingestTimeMs: 0, partition: 'linear' });
    best = Math.min(best, performance.now() - start);
  }
  return best;
}

describe('the cost of a hostile record', () => {
  it.each(Object.entries(hostileShapes))('%s: grows with its bytes and no faster', (_shape, record) => {
    const small = Buffer.from(record(32_000));
    const large = Buffer.from(record(1_024_000));
    const sizes = large.byteLength / small.byteLength;
    // Quadratic cost would be 32 times dearer a byte; twenty leaves room for the
    // collector and caches (JSON.parse alone gets four times dearer a byte) and a busy machine.
    expect(bestMs(large) / Math.max(0.2, bestMs(small)) / sizes).toBeLessThan(20);
  });
});
