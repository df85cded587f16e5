import { moreOperations } from '../apis.ts';
import { dayMs, hourMs, type Slot } from '../credential.ts';
import { chance, cumulative, exponential, pick, sample, uniform } from '../distributions.ts';
import { word } from '../names.ts';
import { newCause, reach } from './cause.ts';
import { at, type Confounder, happens, timesOver } from './confounder.ts';

export const clientUpgrade: Confounder = {
  id: 'client-upgrade',
  description:
    'A new release of a client program or browser spreads over the fleet in days, at some from machine to machine.',
  plan(fleet, random) {
    let count = 0;
    for (const releases of Object.values(fleet.clients.byUse).flat()) {
      const family = releases[0]?.family;
      for (const when of timesOver(fleet, random, 18)) {
        count++;
        const cause = newCause(fleet, 'client-upgrade', 'client', when);
        for (const credential of fleet.credentials) {
          if (!credential.slots.some((each) => each.client.family === family)) continue;
          const first = when + exponential(random, 1.5 * dayMs);
          const rolls = credential.slots.length > 1 && chance(random, 0.5);
          const upgrade = (slots: readonly Slot[]) => {
            for (const each of slots) {
              if (each.client.family !== family) continue;
              each.client = fleet.clients.upgraded(each.client);
              each.template = null;
            }
          };
          reach(cause, credential, first, (c) => upgrade(rolls ? c.slots.slice(0, 1) : c.slots));
          if (!rolls) continue;
          // The rest one after the other: old and new are used side by side until then.
          const others = credential.slots.length - 1;
          const paceMs = (uniform(random, 0.2, 12) * hourMs) / others;
          for (let n = 1; n <= others; n++)
            at(credential, first + n * paceMs, (c) => upgrade(c.slots.slice(n, n + 1)));
        }
      }
    }
    return count;
  },
};

export const tlsLibraryUpdate: Confounder = {
  id: 'tls-library-update',
  description: 'A TLS library update changes the fingerprint of every program linked with it.',
  plan(fleet, random) {
    const whens = timesOver(fleet, random, 14);
    for (const when of whens) {
      const before = pick(
        random,
        pick(random, fleet.clients.byUse[pick(random, ['machine', 'browser', 'mobile'] as const)]),
      ).ja4;
      const after = fleet.clients.relinked(
        { family: '', release: 0, userAgent: '', ja4: before },
        random,
      ).ja4;
      const cause = newCause(fleet, 'tls-library-update', 'client', when);
      for (const credential of fleet.credentials) {
        if (!credential.slots.some((each) => each.client.ja4 === before)) continue;
        reach(cause, credential, when + exponential(random, dayMs), (c) => {
          for (const each of c.slots) {
            if (each.client.ja4 !== before) continue;
            each.client = { ...each.client, ja4: after };
            each.template = null;
          }
        });
      }
    }
    return whens.length;
  },
};

export const newEndpoints: Confounder = {
  id: 'new-endpoints',
  description: 'New operations are rolled out and the clients of an API adopt them.',
  plan(fleet, random) {
    let count = 0;
    for (const api of fleet.apis) {
      if (api.style === 'cloud' || api.style === 'graphql') continue;
      for (const when of timesOver(fleet, random, 25)) {
        const fresh = moreOperations(random, api);
        count++;
        const cause = newCause(fleet, 'new-endpoints', 'operation', when);
        for (const credential of fleet.credentials) {
          if (credential.api !== api || random.next() > 0.6) continue;
          const share = uniform(random, 0.02, 0.4);
          const chosen = sample(random, fresh, 2);
          reach(cause, credential, when + exponential(random, dayMs), (c) => {
            const total = c.weights.reduce((sum, weight) => sum + weight, 0);
            c.operations = [...c.operations, ...chosen];
            c.weights = [...c.weights, ...chosen.map(() => (total * share) / chosen.length)];
            c.sums = cumulative(c.weights);
          });
        }
      }
    }
    return count;
  },
};

export const habitDrift: Confounder = {
  id: 'habit-drift',
  description: 'A client starts to use operations of its API it never used, for work of its own.',
  plan(fleet, random) {
    let count = 0;
    for (const credential of fleet.credentials) {
      for (const when of timesOver(fleet, random, 40)) {
        const operation = pick(random, credential.api.operations);
        const share = uniform(random, 0.01, 0.25);
        at(credential, when, (c) => {
          const total = c.weights.reduce((sum, weight) => sum + weight, 0);
          c.operations = [...c.operations, operation];
          c.weights = [...c.weights, total * share];
          c.sums = cumulative(c.weights);
        });
        count++;
      }
    }
    return count;
  },
};

export const routeRename: Confounder = {
  id: 'route-rename',
  description: "A change of the gateway's configuration gives every route of an API another template name.",
  plan(fleet, random) {
    // A cloud provider's operations have the names it gave them.
    const renamable = fleet.apis.filter((each) => each.style !== 'cloud');
    if (renamable.length === 0) return 0;
    let count = 0;
    for (let i = 0; i < fleet.parameters.renames; i++) {
      const api = pick(random, renamable);
      const first = fleet.credentials.find((credential) => credential.api === api);
      if (first === undefined) continue;
      const prefix = `/${word(random)}`;
      // Operations are shared objects: the first client of the API, always asked first, renames them for all.
      const when = uniform(random, fleet.startMs + 10 * dayMs, fleet.endMs - 2 * dayMs);
      const cause = newCause(fleet, 'route-rename', 'operation', when);
      for (const credential of fleet.credentials)
        if (credential.api === api) cause.reached.set(credential, when);
      at(first, when, () => {
        for (const operation of new Set([...api.operations, ...api.admin]))
          operation.route = operation.route.replace(' /', ` ${prefix}/`);
      });
      count++;
    }
    return count;
  },
};

export const renumbering: Confounder = {
  id: 'id-renumbering',
  description: 'A migration gives every object of an API a new id.',
  plan(fleet, random) {
    let count = 0;
    for (const api of fleet.apis) {
      if (!happens(fleet, random, 0.06)) continue;
      const when = uniform(random, fleet.startMs + 5 * dayMs, fleet.endMs - dayMs);
      const offset = 1_000_000 + Math.floor(random.next() * 5_000_000);
      for (const credential of fleet.credentials) {
        if (credential.api !== api) continue;
        at(credential, when, (c) => {
          c.holdings.offset += offset;
        });
      }
      count++;
    }
    return count;
  },
};

export const permissionChange: Confounder = {
  id: 'permission-change',
  description: 'A bulk change of permissions refuses a scope to a whole API until somebody mends it.',
  plan(fleet, random) {
    if (!fleet.parameters.permissionIncident) return 0;
    const api = pick(random, fleet.apis);
    const scope = pick(random, api.operations).scope;
    const startMs = uniform(random, fleet.startMs + 14 * dayMs, fleet.endMs - dayMs);
    const modifier = {
      startMs,
      endMs: startMs + uniform(random, 2, 9) * hourMs,
      denied: uniform(random, 0.3, 0.9),
      deniedScope: scope,
    };
    for (const credential of fleet.credentials)
      if (credential.api === api) credential.modifiers.push(modifier);
    return 1;
  },
};
