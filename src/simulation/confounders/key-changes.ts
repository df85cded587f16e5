import { dayMs } from '../credential.ts';
import { chance, uniform } from '../distributions.ts';
import { hex } from '../event.ts';
import { createCredential } from '../new-credential.ts';
import { at, type Confounder, happens } from './confounder.ts';

export const keyRotation: Confounder = {
  id: 'key-rotation',
  description: 'A key is replaced by a new one of the same consumer, with or without an overlap.',
  plan(fleet, random) {
    let count = 0;
    for (const credential of fleet.credentials) {
      if (credential.tokenLifetimeMs > 0 || credential.type === 'session' || !happens(fleet, random, 0.08))
        continue;
      const atMs = uniform(random, fleet.startMs + 5 * dayMs, fleet.endMs - 3 * dayMs);
      const id =
        credential.type === 'cloud_access_key'
          ? `AKIA${hex(random).toUpperCase()}${hex(random).toUpperCase()}`
          : `${hex(random)}${hex(random)}`;
      credential.rotation = {
        atMs,
        id,
        previousId: credential.id,
        overlapMs: chance(random, 0.5) ? uniform(random, 0.2, 2) * dayMs : 0,
      };
      at(credential, atMs, (c) => {
        c.id = id;
        c.base = { ...c.base, credentialId: id };
      });
      count++;
    }
    return count;
  },
};

export const onboarding: Confounder = {
  id: 'onboarding',
  description:
    'New partners, people and services start in the middle of the time: everything they do is new.',
  plan(fleet, random) {
    const count = Math.max(1, Math.round(fleet.credentials.length * 0.03 * fleet.parameters.noise));
    const first = fleet.credentials.length;
    for (let i = 0; i < count; i++) {
      const own = random.stream(`newcomer ${i}`);
      const startMs = uniform(random, fleet.startMs + dayMs, fleet.endMs - dayMs);
      const newcomer = createCredential(
        fleet,
        own,
        first + i,
        startMs,
        chance(random, 0.5) ? { kind: 'partner' } : {},
      );
      newcomer.ratePerHour = Math.min(newcomer.ratePerHour, 60);
      fleet.credentials.push(newcomer);
    }
    return count;
  },
};
