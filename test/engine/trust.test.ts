import { describe, expect, test } from 'vitest';
import { trust } from '../../src/engine/trust.ts';

describe('trust()', () => {
  test('is 100 when quiet, 50 halfway, 25 at the alert, and capped by what was broken', () => {
    expect([trust(0, 10, null), trust(6, 10, null), trust(10, 10, null)]).toEqual([100, 50, 25]);
    expect([trust(0, 10, 'low'), trust(0, 10, 'high'), trust(0, 10, 'critical')]).toEqual([60, 20, 5]);
    expect(trust(Number.NEGATIVE_INFINITY, 10, 'medium')).toBe(30);
  });
});
