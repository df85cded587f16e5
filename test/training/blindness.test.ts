import { describe, expect, test } from 'vitest';
import { createRandom } from '../../src/simulation/random.ts';
import { blindedSamples } from '../../src/training/blindness.ts';
import { featureNames } from '../../src/training/harvest.ts';
import { inputsOf, Samples } from '../../src/training/samples.ts';

const width = featureNames.length + 3;

function sample(residuals: Readonly<Record<string, number>>): Float64Array {
  const all = featureNames.map((name) => residuals[name] ?? 0);
  return inputsOf(all, 100, new Float64Array(width));
}

describe('blindedSamples()', () => {
  const random = () => createRandom(5).stream('blindness');

  test('shows the same hour as a gateway that logs less would, guards included', () => {
    const samples = new Samples(width);
    for (let n = 0; n < 500; n += 1) samples.add(sample({ 'network-bits': 9, 'new-objects': 3 }), 0, 2);
    blindedSamples(samples, featureNames, 1, 0.5, random());
    expect(samples.count).toBe(1_000);
    const network = featureNames.indexOf('network-bits');
    const objects = featureNames.indexOf('new-objects');
    const seen = new Set<string>();
    for (let s = 500; s < samples.count; s += 1) {
      const row = samples.row(s);
      const kept = { network: row[network] !== 0, objects: row[objects] !== 0 };
      seen.add(JSON.stringify(kept));
      const expected = sample({
        ...(kept.network && { 'network-bits': 9 }),
        ...(kept.objects && { 'new-objects': 3 }),
      });
      expect([...row].map((x) => Math.round(x * 1_000))).toEqual(
        [...expected].map((x) => Math.round(x * 1_000)),
      );
      expect(samples.label(s)).toBe(0);
      expect(samples.weight(s)).toBe(1);
    }
    expect(seen.size).toBe(4);
  });

  test('drops a positive of which nothing is left to see', () => {
    const samples = new Samples(width);
    for (let n = 0; n < 500; n += 1) samples.add(sample({ 'pages-deep': 6 }), 1, 1);
    blindedSamples(samples, featureNames, 1, 0.5, random());
    expect(samples.count).toBeGreaterThan(700);
    expect(samples.count).toBeLessThan(900);
    for (let s = 500; s < samples.count; s += 1) {
      expect(samples.row(s)[featureNames.indexOf('pages-deep')]).toBeGreaterThan(0);
    }
  });

  test('says which feature it does not know', () => {
    expect(() => blindedSamples(new Samples(5), ['requests'], 1, 1, random())).toThrow(
      /no feature is called/,
    );
  });
});
