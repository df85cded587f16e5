import { elsewhere, foreignObject, inOwnHours, scattered, withToken } from '../attacks/kit.ts';
import { commonClouds } from '../contexts.ts';
import { type Credential, dayMs, hourMs } from '../credential.ts';
import { chance, integer, logUniform, pick, sample } from '../distributions.ts';
import type { Fleet } from '../fleet.ts';
import { anyOwnObject } from '../objects.ts';
import type { Random } from '../random.ts';
import { type Activity, plainManner } from '../scenario.ts';
import { plainCall } from '../traffic.ts';
import { type Confounder, timesOver } from './confounder.ts';

const mostCalls = 4_000;

export const newIntegrations: Confounder = {
  id: 'new-integration',
  description:
    'A key serves one more program, at another site and with work of its own: a connector, a dashboard, a crawler.',
  plan(fleet, random) {
    const activities: Activity[] = [];
    for (const credential of fleet.credentials) {
      if (credential.kind === 'monitor' || credential.kind === 'ci') continue;
      for (const startMs of timesOver(fleet, random, credential.kind === 'person' ? 1_000 : 250)) {
        const own = random.stream(`integration ${credential.tag} ${startMs}`);
        activities.push(integration(fleet, own, credential, startMs));
      }
    }
    return { count: activities.length, activities };
  },
};

/** Some stay, some are tried for a day; a crawler reads what is not its own, and much of it. */
function integration(fleet: Fleet, random: Random, target: Credential, startMs: number): Activity {
  const stage = { fleet, random, ...plainManner };
  const client = pick(random, pick(random, fleet.clients.byUse[chance(random, 0.7) ? 'machine' : 'tool']));
  const place = elsewhere(stage, pick(random, commonClouds), client, startMs);
  const isCrawler = chance(random, 0.25);
  const work = [
    ...sample(random, target.api.operations, integer(random, 1, 4)),
    ...target.operations.slice(0, 1),
  ];
  const days = chance(random, 0.4) ? (fleet.endMs - startMs) / dayMs : logUniform(random, 0.1, 6);
  const perHour = Math.min(logUniform(random, 1, isCrawler ? 600 : 120), mostCalls / (days * 24));
  const times = chance(random, 0.5)
    ? scattered(random, startMs, days * dayMs, Math.ceil(perHour * days * 24))
    : inOwnHours(random, target, startMs, Math.max(days, (2 * hourMs) / dayMs), perHour);
  const wrong = chance(random, 0.6) ? 0.005 : random.next() * 0.2;
  return {
    target,
    times,
    make(timeMs, index) {
      const operation = work[Math.floor(random.next() ** 2 * work.length)] ?? pick(random, work);
      const isForeign = isCrawler && random.next() < 0.7;
      const object = isForeign
        ? foreignObject(stage, target, timeMs)
        : anyOwnObject(target, random, timeMs - fleet.startMs);
      return plainCall(
        random,
        withToken(target, place, timeMs, random),
        operation,
        operation.shape === 'item' ? object : -1,
        operation.shape === 'list' ? (isCrawler ? index % 50 : 0) : -1,
        random.next() < wrong ? pick(random, [400, 403, 404]) : 200,
        1,
      );
    },
  };
}
