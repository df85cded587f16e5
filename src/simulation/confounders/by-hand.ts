import { heldToken, usual, withToken } from '../attacks/kit.ts';
import type { Credential, Slot } from '../credential.ts';
import { hourMs } from '../credential.ts';
import { chance, logUniform, pick } from '../distributions.ts';
import { hold } from '../event.ts';
import type { Fleet } from '../fleet.ts';
import { anyOwnObject } from '../objects.ts';
import type { Random } from '../random.ts';
import type { Activity } from '../scenario.ts';
import { plainCall } from '../traffic.ts';
import { type Confounder, timesOver } from './confounder.ts';

export const byHand: Confounder = {
  id: 'by-hand',
  description: "A developer tries something with a machine's key, from an own desk and with a tool.",
  plan(fleet, random) {
    const activities: Activity[] = [];
    const people = fleet.credentials.filter(({ kind }) => kind === 'person');
    if (people.length === 0) return 0;
    for (const credential of fleet.credentials) {
      if (credential.kind === 'person' || credential.kind === 'monitor') continue;
      for (const startMs of timesOver(fleet, random, 250)) {
        const colleagues = people.filter(({ organisation }) => organisation === credential.organisation);
        const developer = pick(random, colleagues.length > 0 ? colleagues : people);
        activities.push(
          attempts(
            fleet,
            random.stream(`by hand ${credential.tag} ${startMs}`),
            credential,
            developer,
            startMs,
          ),
        );
      }
    }
    return { count: activities.length, activities };
  },
};

/** Who has the secret fetches a token of his own; few copy one out of the machine. */
const copiesToken = 0.1;

/** A few calls, a look at the answer, a few more; some go wrong. */
function attempts(
  fleet: Fleet,
  random: Random,
  target: Credential,
  developer: Credential,
  startMs: number,
): Activity {
  const desk = pick(random, developer.slots) as Slot;
  const place: Slot = {
    ...desk,
    client: pick(random, pick(random, fleet.clients.byUse.tool)),
    pool: null,
    token: null,
    template: null,
  };
  const held = chance(random, copiesToken) ? heldToken(target, random) : null;
  const wrong = chance(random, 0.5) ? random.next() * 0.4 : 0;
  const count = Math.round(logUniform(random, 2, 80));
  const times = Array.from({ length: count }, () => startMs + random.next() ** 2 * 2 * hourMs).sort(
    (a, b) => a - b,
  );
  return {
    target,
    times,
    make(timeMs) {
      if (held === null) withToken(target, place, timeMs, random);
      else if (target.tokenLifetimeMs > 0) hold(place, held(timeMs));
      const isOther = random.next() < 0.25;
      const operation = isOther ? pick(random, target.api.operations) : usual(target, random);
      const object = operation.shape === 'item' ? anyOwnObject(target, random, timeMs - fleet.startMs) : -1;
      const status = random.next() < wrong ? pick(random, [400, 401, 403, 404]) : 200;
      return plainCall(random, place, operation, object, operation.shape === 'list' ? 0 : -1, status, 1);
    },
  };
}
