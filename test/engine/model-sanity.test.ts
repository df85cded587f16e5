import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { model as modelSchema } from '../../schemas/model.ts';
import { Combination } from '../../src/engine/combination.ts';
import { evidenceColumns, featureNames } from '../../src/training/harvest.ts';

const shipped = modelSchema.parse(
  JSON.parse(readFileSync(join(import.meta.dirname, '../../detectors/model.json'), 'utf8')),
);
const combination = new Combination(shipped);
/** Deviations of a habit kept well, in every feature at once: no hour of a log has as much noise in all of them as in one. */
const wellWithin = 0.3;
const tenPerThousandBits =
  shipped.calibration.rates.find(({ perThousand }) => perThousand === 10)?.bits ?? Number.NaN;

function scoreOf(residuals: Float64Array, activeHours: number): number {
  combination.prepare(residuals, activeHours);
  return combination.score();
}

/** Hours like most: a little noise everywhere, some features far from habit. */
const hours = fc
  .tuple(
    fc.array(fc.double({ min: -1.5, max: 1.5, noNaN: true }), {
      minLength: featureNames.length,
      maxLength: featureNames.length,
    }),
    fc.array(fc.tuple(fc.nat(featureNames.length - 1), fc.double({ min: 0, max: 20, noNaN: true })), {
      maxLength: 6,
    }),
  )
  .map(([noise, raised]) => {
    const residuals = Float64Array.from(noise);
    for (const [feature, residual] of raised) residuals[feature] = residual;
    return residuals;
  });
const learnt = fc.double({ min: 0, max: 1000, noNaN: true });

describe('the shipped weights', () => {
  test('give a finite score for whatever a residual may be', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            fc.constantFrom(0, -1e300, 1e300, 5e-324, Number.MAX_VALUE),
            fc.double({ min: -1e6, max: 1e6, noNaN: true }),
          ),
          { minLength: featureNames.length, maxLength: featureNames.length },
        ),
        learnt,
        (values, activeHours) => {
          expect(Number.isFinite(scoreOf(Float64Array.from(values), activeHours))).toBe(true);
        },
      ),
    );
  });

  test('never count evidence that needs no habit in favour of the caller', () => {
    fc.assert(
      fc.property(hours, learnt, fc.constantFrom(...evidenceColumns()), (residuals, activeHours, column) => {
        const before = Math.max(0, residuals[column] as number);
        const low = Float64Array.from(residuals).fill(before, column, column + 1);
        const high = Float64Array.from(residuals).fill(before + 5, column, column + 1);
        expect(scoreOf(high, activeHours)).toBeGreaterThanOrEqual(scoreOf(low, activeHours) - 1e-6);
      }),
    );
  });

  test('find a theft that shows everywhere, in whatever else the hour holds', () => {
    const theft = new Set([
      'network-bits',
      'client-bits',
      'requests-from-fresh-network',
      'requests-from-fresh-context',
      'old-and-new-at-once',
      'foreign-objects',
      'foreign-objects-from-fresh-context',
      'new-objects',
      'far-objects',
    ]);
    fc.assert(
      fc.property(hours, (residuals) => {
        const usual = residuals.map((u) => Math.max(-wellWithin, Math.min(wellWithin, u)));
        const stolen = usual.map((u, f) => (theft.has(featureNames[f] as string) ? 15 : u));
        expect(scoreOf(stolen, 200)).toBeGreaterThan(tenPerThousandBits);
        expect(scoreOf(stolen, 200)).toBeGreaterThan(scoreOf(usual, 200) + 10);
      }),
    );
  });

  test('stay quiet when every feature is well within its habit', () => {
    fc.assert(
      fc.property(hours, (residuals) => {
        const usual = residuals.map((u) => Math.max(-wellWithin, Math.min(wellWithin, u)));
        expect(scoreOf(usual, 200)).toBeLessThan(shipped.calibration.startThresholdBits);
      }),
    );
  });
});
