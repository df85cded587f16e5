import { derivedInputs } from '../../schemas/model.ts';
import type { Random } from '../simulation/random.ts';
import type { Samples } from './samples.ts';

/**
 * Positives that belong to no list of attacks: benign hours in which one to three random inputs, and
 * some of their neighbours, are raised. They keep a score from forgetting what training never showed.
 */
export function genericPositives(samples: Samples, count: number, weight: number, random: Random): void {
  const benign: number[] = [];
  for (let s = 0; s < samples.count; s += 1) if (samples.label(s) === 0) benign.push(s);
  const features = samples.width - derivedInputs;
  for (let n = 0; n < count && benign.length > 0; n += 1) {
    const row = Float32Array.from(samples.row(benign[Math.floor(random.next() * benign.length)] as number));
    const centres = 1 + Math.floor(random.next() * 3);
    for (let c = 0; c < centres; c += 1) {
      const centre = Math.floor(random.next() * features);
      const reach = Math.floor(random.next() * 4);
      const lift = 1.5 - Math.log(1 - random.next()) * 1.2;
      for (let f = Math.max(0, centre - reach); f <= Math.min(features - 1, centre + reach); f += 1) {
        if (f === centre || random.next() < 0.6)
          row[f] = Math.min(8, Math.max(0, row[f] as number) + lift * (0.5 + random.next() / 2));
      }
    }
    refreshGuards(row, features);
    samples.add(row, 1, weight);
  }
}

/** The derived inputs follow from the raised ones: residual = 2^input − 1. */
function refreshGuards(row: Float32Array, features: number): void {
  let squares = 0;
  let largest = 0;
  for (let f = 0; f < features; f += 1) {
    const u = 2 ** (row[f] as number) - 1;
    if (u <= 0) continue;
    squares += u * u;
    largest = Math.max(largest, u);
  }
  row[features] = Math.min(8, Math.log2(1 + squares));
  row[features + 1] = Math.min(8, Math.log2(1 + largest));
}
