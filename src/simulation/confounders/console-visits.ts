import type { Operation } from '../apis.ts';
import type { Credential, Slot } from '../credential.ts';
import { dayMs } from '../credential.ts';
import { chance, exponential, integer, logNormal, pick, sample, uniform } from '../distributions.ts';
import type { Fleet } from '../fleet.ts';
import { anyOwnObject } from '../objects.ts';
import type { Random } from '../random.ts';
import type { Activity } from '../scenario.ts';
import { plainCall } from '../traffic.ts';
import { type Confounder, timesOver } from './confounder.ts';

const reads = /^(?:Get|List|Describe)/;

export const consoleVisits: Confounder = {
  id: 'console-visits',
  description:
    'Somebody clicks through a console: every page asks a dozen operations at once, most of them never used before.',
  plan(fleet, random) {
    const activities: Activity[] = [];
    for (const credential of fleet.credentials) {
      if (credential.kind !== 'person' || credential.api.style === 'audit') continue;
      const everyDays = credential.api.style === 'cloud' ? 4 : 40;
      for (const startMs of timesOver(fleet, random, everyDays)) {
        if (startMs > fleet.endMs - dayMs / 8) continue;
        activities.push(visit(fleet, random.stream(`${credential.id} ${startMs}`), credential, startMs));
      }
    }
    return { count: activities.length, activities };
  },
};

/** Pages with pauses between them, each of several calls within moments; who lacks rights is refused some. */
function visit(fleet: Fleet, random: Random, target: Credential, startMs: number): Activity {
  const { api } = target;
  const shown = [...api.operations, ...api.admin].filter(isRead);
  const times: number[] = [];
  const calls: Operation[] = [];
  const refused = chance(random, 0.15) ? uniform(random, 0.02, 0.2) : 0;
  let at = startMs;
  for (let pages = integer(random, 2, 12); pages > 0; pages -= 1) {
    let part = at;
    for (const operation of sample(random, shown, Math.min(shown.length, integer(random, 3, 20)))) {
      times.push(part);
      calls.push(operation);
      part += exponential(random, 90);
    }
    at = part + logNormal(random, 20_000, 0.9);
  }
  const place = pick(random, target.slots) as Slot;
  return {
    target,
    times,
    make: (timeMs, index) => {
      const operation = calls[index] as Operation;
      const object = operation.shape === 'item' ? anyOwnObject(target, random, timeMs - fleet.startMs) : -1;
      const status = random.next() < refused ? 403 : 200;
      return plainCall(random, place, operation, object, operation.shape === 'list' ? 0 : -1, status, 1);
    },
  };
}

function isRead({ method, route, shape }: Operation): boolean {
  const name = route.slice(route.lastIndexOf(':') + 1);
  return method === 'GET' || shape === 'list' || reads.test(name);
}
