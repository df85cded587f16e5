import { dayMs, hourMs } from '../credential.ts';
import { chance, pick, uniform } from '../distributions.ts';
import { at, type Confounder, happens } from './confounder.ts';

export const scopeChange: Confounder = {
  id: 'scope-change',
  description: 'An owner is granted another scope, or gives one back: the next tokens carry another list.',
  plan(fleet, random) {
    let count = 0;
    for (const credential of fleet.credentials) {
      if (credential.tokenLifetimeMs === 0 || !happens(fleet, random, 0.12)) continue;
      const granted = pick(random, credential.api.operations).scope;
      const when = uniform(random, fleet.startMs + 2 * dayMs, fleet.endMs - dayMs);
      const isGrant = chance(random, 0.75);
      at(credential, when, (c) => {
        const kept = c.base.tokenScopes.filter((scope) => scope !== granted);
        const given = kept.length === 0 ? c.base.tokenScopes : kept;
        c.base = { ...c.base, tokenScopes: isGrant ? [...new Set([...kept, granted])].sort() : given };
      });
      count += 1;
    }
    return count;
  },
};

export const rehearsal: Confounder = {
  id: 'rehearsal',
  description: 'Somebody tries a change in the sandbox with the key of production, for some hours.',
  plan(fleet, random) {
    let count = 0;
    for (const credential of fleet.credentials) {
      if (!happens(fleet, random, 0.02)) continue;
      const startMs = uniform(random, fleet.startMs + 3 * dayMs, fleet.endMs - dayMs);
      const usual = credential.base.environment;
      for (const [when, environment] of [
        [startMs, 'sandbox'],
        [startMs + uniform(random, 0.3, 4) * hourMs, usual],
      ] as const) {
        at(credential, when, (c) => {
          c.base = { ...c.base, environment };
        });
      }
      count += 1;
    }
    return count;
  },
};
