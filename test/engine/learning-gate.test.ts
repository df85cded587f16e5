import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { gateWeight } from '../../src/engine/learning-gate.ts';

describe('gateWeight()', () => {
  test('falls with suspicion and never to nothing', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -50, max: 50, noNaN: true }),
        fc.double({ min: 0, max: 20, noNaN: true }),
        (score, more) => {
          expect(gateWeight(score + more, 5)).toBeLessThanOrEqual(gateWeight(score, 5));
          expect(gateWeight(score, 5)).toBeGreaterThanOrEqual(0.03);
        },
      ),
    );
    expect(gateWeight(5, 5)).toBe(0.5);
  });
});
