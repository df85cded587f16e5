import { describe, expect, test } from 'vitest';
import { settledSum } from '../../src/stats/decayed-sum.ts';

const halfLifeHours = 24;

/** A decaying sum after so many hours of one request an hour. */
function filled(hours: number): number {
  let sum = 0;
  for (let hour = 0; hour < hours; hour += 1) sum = sum * 2 ** (-1 / halfLifeHours) + 1;
  return sum;
}

describe('settledSum()', () => {
  test('is the same for a young and an old credential of one pace', () => {
    const old = filled(5000);
    for (const hours of [24, 100, 400])
      expect(settledSum(filled(hours), hours, halfLifeHours) / old).toBeCloseTo(1, 6);
  });

  test('never more than doubles, whatever the age', () => {
    for (const hours of [0, 0.01, -3]) expect(settledSum(7, hours, halfLifeHours)).toBe(14);
  });
});
