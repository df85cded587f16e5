import { inside, mainItem, paced } from '../attacks/kit.ts';
import { type Credential, dayMs, hourMs } from '../credential.ts';
import { chance, integer, logUniform, uniform } from '../distributions.ts';
import { objectAt, ownedAt } from '../objects.ts';
import type { Random } from '../random.ts';
import type { Activity } from '../scenario.ts';
import { plainCall } from '../traffic.ts';
import { type Confounder, happens } from './confounder.ts';

/** How much of each kind's credentials ever does it. */
const shares: Readonly<Record<string, number>> = {
  batch: 0.16,
  service: 0.1,
  partner: 0.1,
  ci: 0.03,
  agent: 0.03,
  person: 0.01,
};

/** Which id an ordered run asks for as its n-th, and how many of them are gone. */
interface Walk {
  readonly objectOf: (step: number) => number;
  readonly goneShare: number;
}

/** What the credential owns, oldest first. */
function ownObjects(credential: Credential, random: Random, elapsedMs: number): Walk {
  const { holdings } = credential;
  const owned = holdings.layout === 'catalogue' ? holdings.span : ownedAt(holdings, elapsedMs);
  const ids = Array.from({ length: Math.min(owned, 3_000) }, (_, i) => objectAt(holdings, i));
  ids.sort((a, b) => a - b);
  const first = integer(random, 0, Math.max(0, ids.length - 30));
  return { objectOf: (step) => ids[(first + step) % ids.length] as number, goneShare: 0.005 };
}

/** A stretch of all ids, whoever owns them: a job with rights to everything, which also asks for what is gone. */
function everything(credential: Credential, random: Random): Walk {
  const { idBase, idEnd } = credential.api;
  const first = Math.floor(uniform(random, idBase, Math.max(idBase + 1, idEnd - 5_000)));
  const stride = chance(random, 0.8) ? 1 : integer(random, 2, 10);
  return {
    objectOf: (step) => first + step * stride,
    goneShare: chance(random, 0.5) ? 0 : uniform(random, 0, 0.15),
  };
}

export const orderedRuns: Confounder = {
  id: 'ordered-run',
  description: 'A migration, export or re-indexing job reads id after id, once or again every few days.',
  plan(fleet, random) {
    const activities: Activity[] = [];
    for (const credential of fleet.credentials) {
      const operation = mainItem(credential);
      if (operation === null || !happens(fleet, random, shares[credential.kind] ?? 0)) continue;
      const own = random.stream(`ordered ${credential.tag}`);
      const lastMs = Math.min(fleet.endMs, credential.endMs) - 2 * hourMs;
      const everyMs = chance(own, 0.3) ? uniform(own, 1, 7) * dayMs : Number.POSITIVE_INFINITY;
      const isWide = chance(own, 0.3);
      const count = Math.round(logUniform(own, 30, 1_500));
      const gapMs = logUniform(own, 300, 15_000);
      let startMs = uniform(own, Math.max(fleet.startMs, credential.startMs), lastMs);
      for (; startMs < lastMs; startMs += everyMs) {
        const elapsedMs = startMs - fleet.startMs;
        const walk = isWide ? everything(credential, own) : ownObjects(credential, own, elapsedMs);
        activities.push({
          target: credential,
          times: paced(own, startMs, gapMs, count),
          make: (timeMs, step) =>
            plainCall(
              own,
              inside(credential, timeMs, own),
              operation,
              walk.objectOf(step),
              -1,
              own.next() < walk.goneShare ? 404 : 200,
              1,
            ),
        });
      }
    }
    return { count: activities.length, activities };
  },
};
