import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/simulation/random.ts';
import {
  accumulate,
  exported,
  newWeights,
  scratchFor,
  type TrainingOptions,
  train,
} from '../../src/training/network.ts';
import { Samples } from '../../src/training/samples.ts';
import { logOdds } from '../support/log-odds.ts';

const draws = (seed: number) => {
  const stream = createRandom(seed).stream('network test');
  return () => stream.next();
};

/** Two inputs in [−1, 1]; the label follows from `rule`. */
function toy(rule: (x: number, y: number) => boolean, count = 2_000): Samples {
  const samples = new Samples(2);
  const random = draws(5);
  for (let n = 0; n < count; n += 1) {
    const x = 2 * random() - 1;
    const y = 2 * random() - 1;
    samples.add([x, y], rule(x, y) ? 1 : 0, 1);
  }
  return samples;
}

const options = (seed: number): TrainingOptions => ({
  hidden: 8,
  epochs: 40,
  batch: 64,
  rate: 0.02,
  weightDecay: 1e-3,
  random: draws(seed),
});

function accuracy(samples: Samples, weights: Parameters<typeof logOdds>[0]): number {
  let right = 0;
  for (let s = 0; s < samples.count; s += 1)
    if (logOdds(weights, samples.row(s)) > 0 === (samples.label(s) === 1)) right += 1;
  return right / samples.count;
}

describe('accumulate', () => {
  it.each([0, 1])('gives the slope of its own loss, label %i', (label) => {
    const weights = newWeights(3, 4, draws(1));
    weights.all.forEach((value, p) => {
      weights.all[p] = value + 0.05 * Math.sin(p + 1);
    });
    const row = Float32Array.from([0.5, -1.25, 2]);
    const gradient = new Float64Array(weights.all.length);
    accumulate(weights, row, label, 0.75, gradient, scratchFor(weights));
    const unused = new Float64Array(weights.all.length);
    const step = 1e-6;
    for (let p = 0; p < weights.all.length; p += 1) {
      const kept = weights.all[p] as number;
      weights.all[p] = kept + step;
      const above = accumulate(weights, row, label, 0.75, unused, scratchFor(weights));
      weights.all[p] = kept - step;
      const below = accumulate(weights, row, label, 0.75, unused, scratchFor(weights));
      weights.all[p] = kept;
      expect(gradient[p]).toBeCloseTo((above - below) / (2 * step), 5);
    }
    expect(gradient.some((slope) => Math.abs(slope) > 0.01)).toBe(true);
  });
});

describe('train', () => {
  it('separates what a line separates', () => {
    const samples = toy((x, y) => x + y > 0);
    expect(accuracy(samples, train(samples, options(2)))).toBeGreaterThan(0.97);
  });

  it('separates by its hidden units what no line separates', () => {
    const samples = toy((x, y) => x * y > 0);
    expect(accuracy(samples, train(samples, { ...options(2), hidden: 0 }))).toBeLessThan(0.7);
    expect(accuracy(samples, train(samples, options(2)))).toBeGreaterThan(0.93);
  });

  it('gives the same weights for the same seed, and others for another', () => {
    const samples = toy((x, y) => x + y > 0, 300);
    const once = train(samples, options(3));
    expect(train(samples, options(3)).all).toEqual(once.all);
    expect(train(samples, options(4)).all).not.toEqual(once.all);
  });

  it('counts a sample of weight 3 as three samples', () => {
    const heavy = new Samples(1);
    const thrice = new Samples(1);
    heavy.add([1], 1, 3);
    heavy.add([1], 0, 1);
    for (const label of [1, 1, 1, 0]) thrice.add([1], label, 1);
    const plain = { ...options(6), hidden: 0, epochs: 400, weightDecay: 0 };
    const a = logOdds(train(heavy, plain), [1]);
    const b = logOdds(train(thrice, { ...plain, random: draws(6) }), [1]);
    expect(a).toBeCloseTo(Math.log(3), 1);
    expect(b).toBeCloseTo(a, 1);
  });

  it('learns through noise on its inputs, which an absent one does not get', () => {
    const samples = new Samples(3);
    const seen = toy((x, y) => x + y > 0);
    for (let s = 0; s < seen.count; s += 1) samples.add([...seen.row(s), 0], seen.label(s), 1);
    const weights = train(samples, { ...options(2), hidden: 0, noise: 0.5 });
    expect(accuracy(samples, weights)).toBeGreaterThan(0.95);
    expect(weights.all[2]).toBe(0);
    expect(weights.all).not.toEqual(train(samples, { ...options(2), hidden: 0 }).all);
  });

  it('keeps the weights named in neverNegative at zero or above', () => {
    const samples = toy((x) => x < 0);
    expect(train(samples, { ...options(2), hidden: 0 }).all[0]).toBeLessThan(0);
    expect(train(samples, { ...options(2), hidden: 0, neverNegative: [0] }).all[0]).toBe(0);
  });
});

describe('exported', () => {
  it('turns natural log-odds into bits above the base rate', () => {
    const weights = newWeights(3, 4, draws(9));
    const row = [0.25, 1.5, -0.5];
    const file = exported(weights, 2);
    let bits = file.bias;
    row.forEach((value, i) => {
      bits += value * (file.skip[i] as number);
    });
    file.hidden.weights.forEach((unit, u) => {
      const activation = row.reduce(
        (sum, value, i) => sum + value * (unit[i] as number),
        file.hidden.bias[u] as number,
      );
      bits += Math.max(0, activation) * (file.output[u] as number);
    });
    expect(bits).toBeCloseTo(logOdds(weights, row) / Math.LN2 + 2, 3);
  });
});
