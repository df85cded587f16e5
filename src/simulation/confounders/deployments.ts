import { address, addresses, commonClouds, slot as makeSlot } from '../contexts.ts';
import { type Credential, dayMs, hourMs, type Slot } from '../credential.ts';
import { chance, integer, pick, uniform } from '../distributions.ts';
import { networksOf } from '../networks.ts';
import { newCause, reach } from './cause.ts';
import { at, type Confounder, happens, timesOver } from './confounder.ts';

const isFixed = (credential: Credential) =>
  credential.kind !== 'person' &&
  credential.kind !== 'monitor' &&
  credential.slots.every((each) => each.pool === null);

function copies(
  credential: Credential,
  to: readonly string[],
  network = (credential.slots[0] as Slot).network,
): Slot[] {
  const first = credential.slots[0] as Slot;
  return to.map((where) =>
    makeSlot(
      credential.random.stream(where),
      first.place,
      network,
      where,
      first.client,
      1,
      Number.POSITIVE_INFINITY,
      0,
    ),
  );
}

export const deployNewAddresses: Confounder = {
  id: 'deploy-new-addresses',
  description:
    'A deployment moves a service to new addresses of the same network; blue and green coexist for a while.',
  plan(fleet, random) {
    let count = 0;
    for (const credential of fleet.credentials) {
      if (!isFixed(credential) || credential.kind === 'partner') continue;
      const { network } = credential.slots[0] as Slot;
      for (const when of timesOver(fleet, random, credential.kind === 'service' ? 6 : 14)) {
        const fresh = addresses(random, network, credential.slots.length, 1);
        if (chance(random, 0.4)) {
          // Green starts before blue stops.
          at(credential, when, (c) => c.slots.push(...copies(c, fresh)));
          at(credential, when + hourMs, (c) => c.slots.splice(0, Math.max(0, c.slots.length - fresh.length)));
        } else
          at(credential, when, (c) => {
            c.slots = copies(c, fresh);
          });
        count++;
      }
    }
    return count;
  },
};

export const autoscaling: Confounder = {
  id: 'autoscaling',
  description: 'A service grows to twenty addresses under load and shrinks again.',
  plan(fleet, random) {
    let count = 0;
    for (const credential of fleet.credentials) {
      if (credential.kind !== 'service' || !isFixed(credential) || !happens(fleet, random, 0.1)) continue;
      const { network } = credential.slots[0] as Slot;
      for (const when of timesOver(fleet, random, 7)) {
        const lasts = uniform(random, 1, 6) * hourMs;
        const extra = addresses(random, network, integer(random, 4, 18), integer(random, 1, 3));
        at(credential, when, (c) => c.slots.push(...copies(c, extra)));
        at(credential, when + lasts, (c) => {
          const gone = new Set(extra);
          const kept = c.slots.filter((each) => !gone.has(each.address));
          if (kept.length > 0) c.slots = kept;
        });
        credential.modifiers.push({ startMs: when, endMs: when + lasts, rate: uniform(random, 1.5, 4) });
        count++;
      }
    }
    return count;
  },
};

export const regionFailover: Confounder = {
  id: 'region-failover',
  description: 'A tenth of the services move to another provider at once and come back hours later.',
  plan(fleet, random) {
    const whens = timesOver(fleet, random, 20);
    for (const when of whens) {
      const refuge = pick(random, commonClouds);
      const back = when + uniform(random, 2, 10) * hourMs;
      const cause = newCause(fleet, 'region-failover', 'network', when);
      for (const credential of fleet.credentials) {
        if (credential.kind !== 'service' || !isFixed(credential) || !chance(random, 0.1)) continue;
        const there = addresses(random, refuge, 2, 1);
        let home: Slot[] = [];
        reach(cause, credential, when, (c) => {
          home = c.slots;
          c.slots = copies(c, there, refuge);
        });
        at(credential, back, (c) => {
          if (home.length > 0) c.slots = home;
        });
      }
    }
    return whens.length;
  },
};

export const ownFailover: Confounder = {
  id: 'own-failover',
  description:
    'One service runs from its other region or provider for hours, by the same program, now and then.',
  plan(fleet, random) {
    let count = 0;
    for (const credential of fleet.credentials) {
      if (!isFixed(credential) || !happens(fleet, random, 0.06)) continue;
      const { network } = credential.slots[0] as Slot;
      const regions = networksOf('hosting').filter(
        (other) => other.name === network.name && other.country !== network.country,
      );
      const refuge = pick(random, regions.length > 0 && chance(random, 0.6) ? regions : commonClouds);
      const there = addresses(random, refuge, integer(random, 1, 6), integer(random, 1, 4));
      let when = uniform(random, fleet.startMs + dayMs, fleet.endMs);
      for (let visits = integer(random, 1, 3); visits > 0; visits--) {
        const back = when + uniform(random, 0.5, 8) * hourMs;
        let home: Slot[] = [];
        at(credential, when, (c) => {
          home = c.slots;
          c.slots = copies(c, there, refuge);
        });
        at(credential, back, (c) => {
          if (home.length > 0) c.slots = home;
        });
        when = back + uniform(random, 0.5, 6) * dayMs;
        count++;
      }
    }
    return count;
  },
};

export const officeEgressChange: Confounder = {
  id: 'office-egress-change',
  description: 'An office gets a new line, VPN or cloud proxy: everybody in it leaves from another network.',
  plan(fleet, random) {
    let count = 0;
    for (const organisation of fleet.organisations) {
      if (!happens(fleet, random, 0.12)) continue;
      const when = uniform(random, fleet.startMs, fleet.endMs);
      const network = pick(random, chance(random, 0.6) ? networksOf('corporate') : networksOf('vpn'));
      const egress = addresses(random, network, 2, 1);
      const cause = newCause(fleet, 'office-egress-change', 'network', when);
      for (const credential of fleet.credentials) {
        if (credential.organisation !== organisation.name || credential.kind !== 'person') continue;
        const mine = pick(random, egress);
        reach(cause, credential, when, (c) => {
          for (const each of c.slots) {
            if (each.place !== 'work') continue;
            each.network = network;
            each.address = mine;
            each.template = null;
          }
        });
      }
      count++;
    }
    return count;
  },
};

export const movedHome: Confounder = {
  id: 'new-provider-at-home',
  description: 'Somebody moves or changes the provider at home.',
  plan(fleet, random) {
    let count = 0;
    for (const credential of fleet.credentials) {
      if (credential.kind !== 'person' || !happens(fleet, random, 0.03)) continue;
      const network = pick(random, networksOf('isp'));
      const there = address(random, network);
      at(credential, uniform(random, fleet.startMs + dayMs, fleet.endMs), (c) => {
        for (const each of c.slots) {
          if (each.place !== 'home' || each.pool !== null) continue;
          each.network = network;
          each.address = there;
          each.template = null;
        }
      });
      count++;
    }
    return count;
  },
};
