import { derivedInputs } from '../../schemas/model.ts';
import type { Random } from '../simulation/random.ts';
import { squash, unsquash } from '../stats/squash.ts';
import { refreshGuards } from './blindness.ts';
import type { Samples } from './samples.ts';

/** Doublings of a residual: what is lifted by less lies among the noise and only blunts the score. */
const leastLift = 3.2;

/**
 * Positives that belong to no list of attacks: benign hours in which the inputs of one to four random
 * detectors are raised, alone or together. They keep a score from forgetting what training never
 * showed, and from taking more of anything for less suspicious. `groups` are the columns by detector.
 */
export function genericPositives(
  samples: Samples,
  groups: readonly (readonly number[])[],
  count: number,
  weight: number,
  random: Random,
): void {
  const benign: number[] = [];
  for (let s = 0; s < samples.count; s += 1) if (samples.label(s) === 0) benign.push(s);
  if (benign.length === 0) return;
  const features = samples.width - derivedInputs;
  for (let n = 0; n < count; n += 1) {
    const row = Float32Array.from(samples.row(benign[Math.floor(random.next() * benign.length)] as number));
    const raised = 1 + Math.floor(random.next() * 4);
    for (let g = 0; g < raised; g += 1) {
      const group = groups[Math.floor(random.next() * groups.length)] as readonly number[];
      const lift = leastLift - Math.log(1 - random.next()) * 1.2;
      const sure = group[Math.floor(random.next() * group.length)] as number;
      for (const f of group) {
        if (f !== sure && random.next() > 0.6) continue;
        const raisedTo = (1 + unsquash(row[f] as number)) * 2 ** (lift * (0.5 + random.next() / 2)) - 1;
        row[f] = squash(raisedTo);
      }
    }
    refreshGuards(row, features);
    samples.add(row, 1, weight);
  }
}
