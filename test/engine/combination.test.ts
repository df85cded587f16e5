import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readModel } from '../../src/cli/parts/model.ts';
import { Combination } from '../../src/engine/combination.ts';
import { plainModel } from '../support/engine-for-tests.ts';

describe('Combination', () => {
  test('gives finite bits for any residuals, and skips none that matter', () => {
    const model = plainModel();
    const combination = new Combination(model);
    const size = model.featureNames.length;
    const residual = fc.oneof(fc.constant(0), fc.double({ min: -1e9, max: 1e9, noNaN: true }));
    fc.assert(
      fc.property(
        fc.array(residual, { minLength: size, maxLength: size }),
        fc.nat(100_000),
        (residuals, hours) => {
          combination.prepare(Float64Array.from(residuals), hours);
          expect(Number.isFinite(combination.score())).toBe(true);
        },
      ),
    );
  });

  test('scores to the last bit as if what is taken out were at its normal value', () => {
    const model = readModel();
    const combination = new Combination(model);
    const size = model.featureNames.length;
    const residual = fc.oneof(fc.constant(0), fc.double({ min: -50, max: 50, noNaN: true }));
    fc.assert(
      fc.property(
        fc.array(fc.tuple(residual, fc.boolean()), { minLength: size, maxLength: size }),
        fc.nat(1000),
        (features, hours) => {
          const whole = Float64Array.from(features, ([u]) => u);
          combination.prepare(
            whole.map((u, f) => (features[f]?.[1] ? 0 : u)),
            hours,
          );
          const expected = combination.score();
          combination.prepare(whole, hours);
          const score = combination.score();
          expect(combination.scoreWithout(whole, (f) => features[f]?.[1] === true)).toBe(expected);
          expect(combination.score()).toBe(score);
        },
      ),
    );
  });
});
