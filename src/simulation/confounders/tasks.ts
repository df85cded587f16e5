import { dayMs } from '../credential.ts';
import { chance, cumulative, exponential, integer, logUniform, pick, sample } from '../distributions.ts';
import { at, type Confounder } from './confounder.ts';

export const taskChanges: Confounder = {
  id: 'task-changes',
  description:
    'Who does many things turns to another task: some of the own operations become the main ones, a few are new.',
  plan(fleet, random) {
    let count = 0;
    for (const credential of fleet.credentials) {
      if (credential.api.style !== 'audit') continue;
      const usual = new Map(credential.operations.map((o, i) => [o, credential.weights[i] as number]));
      const average = credential.weights.reduce((sum, weight) => sum + weight, 0) / usual.size;
      const everyMs = logUniform(random, 0.3, 6) * dayMs;
      let when = fleet.startMs + exponential(random, everyMs);
      while (when < fleet.endMs) {
        const focus = new Set(sample(random, credential.operations, integer(random, 2, 10)));
        const factor = logUniform(random, 3, 40);
        const added = chance(random, 0.25) ? [pick(random, credential.api.operations)] : [];
        at(credential, when, (c) => {
          c.operations = [...new Set([...c.operations, ...added])];
          c.weights = c.operations.map((o) => (usual.get(o) ?? average) * (focus.has(o) ? factor : 1));
          c.sums = cumulative(c.weights);
        });
        count += 1;
        when += exponential(random, everyMs);
      }
    }
    return count;
  },
};
