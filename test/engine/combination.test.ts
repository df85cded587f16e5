import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
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
});
