import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { recallInterval, recallOf, type Sample } from '../../src/evaluation/bootstrap.ts';
import { averagePrecision } from '../../src/evaluation/pr-auc.ts';
import { mergeTails, recallOver, tailOf, thresholdFor } from '../../src/evaluation/recall.ts';
import { createRandom } from '../../src/simulation/random.ts';

const days = fc.array(fc.float({ noNaN: true, min: -50, max: 50 }), { minLength: 1, maxLength: 400 });

describe('thresholdFor', () => {
  it('lets at most the given share of clean days over it, ties included', () => {
    fc.assert(
      fc.property(days, fc.constantFrom(1, 5, 20, 50), (values, perThousand) => {
        const threshold = thresholdFor(tailOf(Float32Array.from(values)), perThousand);
        const over = values.filter((value) => Math.fround(value) > threshold).length;
        expect(over).toBeLessThanOrEqual((values.length * perThousand) / 1000);
      }),
    );
  });

  it('is the tightest such threshold: the next lower value would let too many over', () => {
    const values = Float32Array.from({ length: 1000 }, (_, n) => n);
    expect(thresholdFor(tailOf(values), 5)).toBe(994);
    expect(thresholdFor(tailOf(values), 1)).toBe(998);
  });

  it('claims nothing without clean days', () => {
    expect(thresholdFor(tailOf(new Float32Array(0)), 5)).toBe(Number.POSITIVE_INFINITY);
  });

  it('is the same from merged tails as from all values', () => {
    fc.assert(
      fc.property(days, days, (a, b) => {
        const merged = mergeTails([tailOf(Float32Array.from(a)), tailOf(Float32Array.from(b))]);
        expect(thresholdFor(merged, 20)).toBe(thresholdFor(tailOf(Float32Array.from([...a, ...b])), 20));
      }),
    );
  });
});

describe('recallOver', () => {
  it('never rises with the threshold', () => {
    fc.assert(
      fc.property(days, fc.float({ noNaN: true, min: -50, max: 50 }), (best, threshold) => {
        expect(recallOver(best, threshold + 1)).toBeLessThanOrEqual(recallOver(best, threshold));
      }),
    );
  });

  it('counts an attack that left no hour as missed', () => {
    expect(recallOver([Number.NEGATIVE_INFINITY, 5], 1)).toBe(0.5);
  });
});

describe('recallInterval', () => {
  const world = (found: number, all: number): Sample => ({
    tail: tailOf(Float32Array.from({ length: 1000 }, (_, n) => n / 1000)),
    units: Array.from({ length: all }, (_, n) => [n < found ? 5 : -5]),
  });

  it('holds the plain recall and narrows with more attacks', () => {
    const few = recallInterval([world(6, 10)], 5, createRandom(1));
    const many = recallInterval([world(600, 1000)], 5, createRandom(1));
    for (const { value, low, high } of [few, many]) {
      expect(value).toBeCloseTo(0.6);
      expect(low).toBeLessThanOrEqual(value);
      expect(high).toBeGreaterThanOrEqual(value);
    }
    expect(many.high - many.low).toBeLessThan((few.high - few.low) / 3);
  });

  it('gives a campaign of many credentials no narrower an interval than one attack', () => {
    const tail = tailOf(Float32Array.from([0, 0, 0, 0]));
    const campaigns: Sample = { tail, units: [new Array(50).fill(1), new Array(50).fill(-1)] };
    const { low, high } = recallInterval([campaigns], 5, createRandom(2));
    expect(recallOf([campaigns], 5)).toBe(0.5);
    expect([low, high]).toEqual([0, 1]);
  });
});

describe('averagePrecision', () => {
  it('is 1 for a perfect order and the base rate for equal scores', () => {
    expect(averagePrecision(Float32Array.of(3, 2, 1, 0), Uint8Array.of(1, 1, 0, 0))).toBe(1);
    expect(averagePrecision(Float32Array.of(1, 1, 1, 1), Uint8Array.of(1, 0, 0, 0))).toBe(0.25);
  });

  it('agrees with a case worked by hand', () => {
    // Order: hit, miss, hit → (1/2)·1 + (1/2)·(2/3).
    expect(averagePrecision(Float32Array.of(9, 8, 7), Uint8Array.of(1, 0, 1))).toBeCloseTo(0.5 + 1 / 3);
  });

  it('is not a number without positives', () => {
    expect(averagePrecision(Float32Array.of(1), Uint8Array.of(0))).toBeNaN();
  });
});
