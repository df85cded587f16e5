import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { poissonTailBits } from '../../src/stats/poisson-tail.ts';

/** log2(1 / P(X ≥ count)), summed term by term. */
function exactBits(count: number, rate: number): number {
  let term = Math.exp(-rate);
  let below = 0;
  for (let k = 0; k < count; k += 1) {
    below += term;
    term *= rate / (k + 1);
  }
  return -Math.log2(1 - below);
}

describe('poissonTailBits', () => {
  test('is never more than the exact tail, and near it', () => {
    for (const [count, rate] of [
      [5, 0.5],
      [8, 2],
      [12, 5],
      [20, 8],
    ] as const) {
      const bits = poissonTailBits(count, rate);
      const exact = exactBits(count, rate);
      expect(bits).toBeLessThanOrEqual(exact);
      expect(bits).toBeGreaterThan(exact - 5);
    }
  });

  test('has the value of the formula', () => {
    expect(poissonTailBits(10, 1)).toBeCloseTo((10 * Math.log(10) - 9) / Math.LN2, 10);
  });

  test('is nothing up to what is expected', () => {
    expect(poissonTailBits(0, 0)).toBe(0);
    expect(poissonTailBits(3, 3)).toBe(0);
    expect(poissonTailBits(2, 7)).toBe(0);
  });

  test('is never less than nothing where count and rate are all but the same', () => {
    expect(poissonTailBits(999_999.9996762344, 999_999.999676233)).toBe(0);
  });

  test('grows with the count, falls with what is expected, and stays finite', () => {
    const amount = fc.double({ min: 0, max: 1e6, noNaN: true });
    // Of a million a double keeps ten digits after the point; the difference of three of them has fewer.
    const roundingBits = 1e-6;
    fc.assert(
      fc.property(amount, amount, amount, (count, more, expected) => {
        const bits = poissonTailBits(count, expected);
        expect(Number.isFinite(bits)).toBe(true);
        expect(bits).toBeGreaterThanOrEqual(0);
        expect(poissonTailBits(count + more, expected)).toBeGreaterThanOrEqual(bits - roundingBits);
        expect(poissonTailBits(count, expected + more)).toBeLessThanOrEqual(bits + roundingBits);
      }),
    );
  });
});
