import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { gateWeight } from '../../src/engine/learning-gate.ts';

describe('gateWeight()', () => {
  test('falls with suspicion and with what is known, and never to nothing', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -50, max: 50, noNaN: true }),
        fc.double({ min: 0, max: 20, noNaN: true }),
        fc.double({ min: 0, max: 500, noNaN: true }),
        (score, more, hours) => {
          const weight = gateWeight(score, 5, hours);
          expect(gateWeight(score + more, 5, hours)).toBeLessThanOrEqual(weight);
          expect(gateWeight(score, 5, hours + more)).toBeLessThanOrEqual(weight);
          expect(weight).toBeGreaterThanOrEqual(0.03);
          expect(weight).toBeLessThanOrEqual(1);
        },
      ),
    );
    expect(gateWeight(5, 5, 200)).toBe(0.5);
  });

  test('lets a loud newcomer become known, and not what suddenly gets loud', () => {
    let hours = 0;
    for (let i = 0; i < 10; i += 1) hours += gateWeight(30, 5, hours);
    expect(hours).toBeGreaterThan(3);
    expect(gateWeight(30, 5, 200)).toBe(0.03);
  });
});
