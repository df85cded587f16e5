import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { severityOf, severityRank, worst } from '../../src/engine/severity.ts';

describe('severityOf()', () => {
  test('has three steps', () => {
    expect([0, 5, 5.1, 12, 12.1].map(severityOf)).toEqual(['medium', 'medium', 'high', 'high', 'critical']);
  });

  test('a larger score is never less severe', () => {
    const bits = fc.double({ min: -50, max: 200, noNaN: true });
    fc.assert(
      fc.property(bits, bits, (a, b) => {
        const [low, high] = [severityOf(Math.min(a, b)), severityOf(Math.max(a, b))];
        expect(severityRank[high]).toBeGreaterThanOrEqual(severityRank[low]);
        expect(worst(low, high)).toBe(high);
      }),
    );
  });
});
