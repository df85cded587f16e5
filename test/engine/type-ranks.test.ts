import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TypeRanks } from '../../src/engine/type-ranks.ts';

describe('TypeRanks', () => {
  test('gives the bits of how few hours reach a quantity, type by type', () => {
    const ranks = new TypeRanks(2, 1);
    for (let hour = 0; hour < 1_024; hour += 1) ranks.learn(0, 0, Math.log1p(hour === 0 ? 5_000 : 10), 1);
    expect(ranks.bits(0, 0, Math.log1p(10))).toBeCloseTo(0, 1);
    expect(ranks.bits(0, 0, Math.log1p(5_000))).toBeCloseTo(Math.log2(1_024.5 / 1.5), 6);
    expect(ranks.bits(0, 0, Math.log1p(1e9))).toBeCloseTo(Math.log2(1_024.5 / 0.5), 6);
    expect(ranks.bits(1, 0, Math.log1p(5_000))).toBe(0);
  });

  test('more is never more common, and what was learnt makes it no rarer', () => {
    const quantity = fc.double({ min: 0, max: 40, noNaN: true });
    fc.assert(
      fc.property(fc.array(quantity, { maxLength: 60 }), quantity, quantity, (learnt, a, b) => {
        const ranks = new TypeRanks(1, 1);
        for (const value of learnt) ranks.learn(0, 0, value, 1);
        const [low, high] = [Math.min(a, b), Math.max(a, b)];
        expect(ranks.bits(0, 0, high)).toBeGreaterThanOrEqual(ranks.bits(0, 0, low));
        const before = ranks.bits(0, 0, high);
        ranks.learn(0, 0, high, 1);
        expect(ranks.bits(0, 0, high)).toBeLessThanOrEqual(before + 1e-9);
        expect(Number.isFinite(before)).toBe(true);
      }),
    );
  });

  test('forgets slowly: the shares stay, the counts do not grow for ever', () => {
    const ranks = new TypeRanks(1, 1);
    for (let hour = 0; hour < 100_000; hour += 1)
      ranks.learn(0, 0, Math.log1p(hour % 100 === 0 ? 1_000 : 1), 1);
    expect(ranks.bits(0, 0, Math.log1p(1_000))).toBeCloseTo(Math.log2(100), 1);
    expect(Math.max(...ranks.counts)).toBeLessThan(20_001);
  });
});
