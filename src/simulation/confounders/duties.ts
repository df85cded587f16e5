import { dayMs, hourMs } from '../credential.ts';
import { chance, cumulative, logNormal, pick, uniform } from '../distributions.ts';
import { at, type Confounder, happens } from './confounder.ts';

export const newDuty: Confounder = {
  id: 'new-duty',
  description:
    "Somebody becomes an administrator, or a job is given an administrator's task; at first it may be refused.",
  plan(fleet, random) {
    let count = 0;
    for (const credential of fleet.credentials) {
      if (credential.api.admin.length === 0 || !happens(fleet, random, 0.04)) continue;
      const duty = pick(random, credential.api.admin);
      const when = uniform(random, fleet.startMs + 2 * dayMs, fleet.endMs - dayMs);
      const weight = logNormal(random, 0.4, 0.8);
      if (chance(random, 0.4)) {
        credential.modifiers.push({
          startMs: when,
          endMs: when + uniform(random, 1, 24) * hourMs,
          denied: 0.9,
          deniedScope: duty.scope,
        });
      }
      at(credential, when, (c) => {
        c.operations = [...c.operations, duty];
        c.weights = [...c.weights, weight];
        c.sums = cumulative(c.weights);
      });
      count += 1;
    }
    return count;
  },
};
