import { describe, expect, test } from 'vitest';
import { model as modelSchema } from '../../schemas/model.ts';
import { featureNames } from '../../src/training/harvest.ts';
import { priorOf, untrained } from '../../src/training/prior.ts';

const world = (mean: number, variance: number) => ({
  mean: new Float64Array(featureNames.length).fill(mean),
  variance: new Float64Array(featureNames.length).fill(variance),
});

describe('priorOf', () => {
  test('is the mean over the worlds that measured the feature', () => {
    const blind = world(3, 9);
    blind.mean[0] = Number.NaN;
    const { mean, variance } = priorOf([world(1, 5), blind]);
    expect(mean[0]).toBe(1);
    expect(mean[1]).toBe(2);
    expect(variance[1]).toBe(7);
  });

  test('is 0 for what no world measured', () => {
    const blind = world(Number.NaN, Number.NaN);
    expect(priorOf([blind, blind])).toEqual({
      mean: featureNames.map(() => 0),
      variance: featureNames.map(() => 0),
    });
  });
});

test('untrained() is a model that loads', () => {
  const prior = priorOf([world(1, 5)]);
  expect(modelSchema.parse(untrained(prior)).prior).toEqual(prior);
});
