import { describe, expect, it } from 'vitest';
import { hostileShapes } from '../../bench/hostile.bench.ts';
import { decoder } from './decoding.ts';

const by = decoder({ maxRecordBytes: 4_194_304, trustedHops: 2 });

/** What this thread itself worked on the record: other programs on the machine do not count. */
function leastCpuMs(value: Uint8Array): number {
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 5; round += 1) {
    const before = process.threadCpuUsage();
    by.decode({ value, at: { kind: 'stdin', line: 1 }, ingestTimeMs: 0, partition: 'linear' });
    const { user, system } = process.threadCpuUsage(before);
    least = Math.min(least, (user + system) / 1000);
  }
  return least;
}

describe('the cost of a hostile record', () => {
  it.each(Object.entries(hostileShapes))(
    '%s: grows with its bytes and no faster',
    (_shape, record) => {
      const small = Buffer.from(record(32_000));
      const large = Buffer.from(record(1_024_000));
      const sizes = large.byteLength / small.byteLength;
      // Quadratic cost would be 32 times dearer a byte; twenty leaves room for the
      // collector and caches (JSON.parse alone gets four times dearer a byte).
      expect(leastCpuMs(large) / Math.max(0.2, leastCpuMs(small)) / sizes).toBeLessThan(20);
    },
    120_000,
  );
});
