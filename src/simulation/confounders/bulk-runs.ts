import type { Operation } from '../apis.ts';
import { inside, mainItem, paced } from '../attacks/kit.ts';
import { type Credential, hourMs, type Slot } from '../credential.ts';
import { chance, integer, logUniform, pick, uniform } from '../distributions.ts';
import type { Fleet } from '../fleet.ts';
import { anyOwnObject } from '../objects.ts';
import type { Random } from '../random.ts';
import type { Activity } from '../scenario.ts';
import { plainCall } from '../traffic.ts';
import { type Confounder, happens } from './confounder.ts';

/** How much of each kind's credentials ever does it. */
const shares: Readonly<Record<string, number>> = {
  batch: 0.2,
  service: 0.16,
  partner: 0.14,
  agent: 0.04,
  ci: 0.04,
  person: 0.01,
};

export const bulkRuns: Confounder = {
  id: 'bulk-run',
  description:
    'A backfill, a cache that is warmed, a synchronisation from the start: thousands of objects in no order, faster than ever.',
  plan(fleet, random) {
    const activities: Activity[] = [];
    for (const credential of fleet.credentials) {
      if (!happens(fleet, random, shares[credential.kind] ?? 0)) continue;
      const own = random.stream(`bulk ${credential.tag}`);
      const lastMs = Math.min(fleet.endMs, credential.endMs) - 6 * hourMs;
      for (let runs = integer(own, 1, 2); runs > 0; runs -= 1) {
        const startMs = uniform(own, Math.max(fleet.startMs, credential.startMs), lastMs);
        const run = bulkRun(fleet, own, credential, startMs);
        if (run !== null) activities.push(run);
      }
    }
    return { count: activities.length, activities };
  },
};

/** Items, a listing, or both in turn; its own objects, or everybody's where it may. */
function bulkRun(fleet: Fleet, random: Random, target: Credential, startMs: number): Activity | null {
  const item = mainItem(target);
  const listing = target.operations.find((operation) => operation.shape === 'list') ?? null;
  if (item === null && listing === null) return null;
  const neighbours = fleet.credentials.filter(({ api }) => api === target.api);
  const isWide = chance(random, 0.5);
  const listed =
    listing === null ? 0 : item === null ? 1 : chance(random, 0.5) ? 0 : uniform(random, 0.01, 0.6);
  const script = chance(random, 0.3) ? pick(random, pick(random, fleet.clients.byUse.machine)) : null;
  // What was deleted meanwhile, or belongs to somebody who left.
  const gone = chance(random, 0.5) ? 0 : uniform(random, 0, chance(random, 0.7) ? 0.05 : 0.5);
  const failure = pick(random, [404, 404, 403, 409]);
  const place = (timeMs: number): Slot => {
    const home = inside(target, timeMs, random);
    return script === null ? home : { ...home, client: script, template: null };
  };
  let page = 0;
  return {
    target,
    times: paced(random, startMs, logUniform(random, 60, 5_000), Math.round(logUniform(random, 80, 4_000))),
    make(timeMs) {
      if (item === null || random.next() < listed)
        return plainCall(random, place(timeMs), listing ?? (item as Operation), -1, page++, 200, 1);
      const owner = isWide ? pick(random, neighbours) : target;
      const object = anyOwnObject(owner, random, timeMs - fleet.startMs);
      return plainCall(random, place(timeMs), item, object, -1, random.next() < gone ? failure : 200, 1);
    },
  };
}
