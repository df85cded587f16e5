import type { Model } from '../../schemas/model.ts';
import { featureNames } from './harvest.ts';

/** Scaled features of a world's benign hours: their mean, and their variance inside credentials; NaN where never measured. */
export interface WorldHabits {
  readonly mean: Float64Array;
  readonly variance: Float64Array;
}

/** What is presumed of a credential's type before anything of it is known: means over the worlds that measured the feature. */
export function priorOf(worlds: readonly WorldHabits[]): Model['prior'] {
  const average = (pick: (world: WorldHabits) => Float64Array) =>
    featureNames.map((_, f) => {
      const known = worlds.map((world) => pick(world)[f] as number).filter((value) => !Number.isNaN(value));
      return known.length === 0
        ? 0
        : Number((known.reduce((sum, value) => sum + value, 0) / known.length).toPrecision(5));
    });
  return { mean: average((world) => world.mean), variance: average((world) => world.variance) };
}

/** A score without training: half of every residual and of the guards. Good enough to measure the first worlds by. */
export function untrained(prior: Model['prior']): Model {
  return {
    version: 1,
    featureNames: [...featureNames],
    prior,
    networks: [
      {
        bias: -14,
        skip: [...featureNames.map(() => 0.5), 0.5, 0.5, 0],
        hidden: { weights: [], bias: [] },
        output: [],
      },
    ],
    calibration: { startThresholdBits: 6, stepBits: 0.3, coldThresholdBits: 6, rates: [] },
    provenance: { trainedAt: 'never', command: 'none', seeds: [], worlds: [], scenarios: [], figures: {} },
  };
}
