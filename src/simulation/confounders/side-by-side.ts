import type { ClientUse } from '../clients.ts';
import { address, commonClouds } from '../contexts.ts';
import { type Credential, dayMs, hourMs, type Slot } from '../credential.ts';
import { chance, logUniform, pick, uniform } from '../distributions.ts';
import type { Fleet } from '../fleet.ts';
import type { Random } from '../random.ts';
import { at, type Confounder, happens } from './confounder.ts';

/** `each` once more, with something else about it, `share` as busy as what was there. */
function beside(each: Slot, share: number, other: Partial<Slot>): Slot {
  return { ...each, ...other, weight: each.weight * share, token: null, template: null };
}

/** Adds places from a random time on, for some hours or days or for good. */
function stay(
  fleet: Fleet,
  random: Random,
  credential: Credential,
  lastsMs: number,
  places: (credential: Credential) => Slot[],
): void {
  const when = uniform(random, fleet.startMs, fleet.endMs);
  let added: Slot[] = [];
  at(credential, when, (c) => {
    added = places(c);
    c.slots = [...c.slots, ...added];
  });
  at(credential, when + lastsMs, (c) => {
    const kept = c.slots.filter((each) => !added.includes(each));
    if (kept.length > 0) c.slots = kept;
  });
}

/** What a second program is, for who has one already. */
const programs: Readonly<Record<string, readonly ClientUse[]>> = {
  person: ['browser', 'browser', 'mobile', 'tool'],
  service: ['machine', 'machine', 'tool'],
  batch: ['machine', 'tool'],
  partner: ['machine', 'tool'],
  ci: ['machine', 'tool'],
  agent: ['agent', 'machine'],
};

export const secondClient: Confounder = {
  id: 'second-client',
  description:
    'A second program is used beside the first: another browser, a script, half of a staged roll-out.',
  plan(fleet, random) {
    let count = 0;
    for (const credential of fleet.credentials) {
      const uses = programs[credential.kind];
      if (uses === undefined || !happens(fleet, random, 0.09)) continue;
      const client = pick(random, pick(random, fleet.clients.byUse[pick(random, uses)]));
      const share = logUniform(random, 0.05, 1.5);
      const lastsMs = chance(random, 0.4) ? Number.POSITIVE_INFINITY : logUniform(random, 0.1, 8) * dayMs;
      stay(fleet, random, credential, lastsMs, (c) => c.slots.map((each) => beside(each, share, { client })));
      count++;
    }
    return count;
  },
};

export const secondSite: Confounder = {
  id: 'second-site',
  description: 'One service alone moves in part or in whole to another site, for hours or for good.',
  plan(fleet, random) {
    let count = 0;
    for (const credential of fleet.credentials) {
      if (credential.kind === 'person' || credential.kind === 'monitor') continue;
      if (!happens(fleet, random, 0.05)) continue;
      const network = pick(random, commonClouds);
      const where = address(random, network);
      const share = chance(random, 0.4) ? 1_000 : logUniform(random, 0.1, 2);
      const lastsMs = chance(random, 0.3) ? Number.POSITIVE_INFINITY : logUniform(random, 1, 60) * hourMs;
      stay(fleet, random, credential, lastsMs, (c) => [
        beside(c.slots[0] as Slot, share, { network, address: where, pool: null }),
      ]);
      count++;
    }
    return count;
  },
};
