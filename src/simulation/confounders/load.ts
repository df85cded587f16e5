import { inside, paced, scattered, thief } from '../attacks/kit.ts';
import { dayMs, hourMs, type Slot } from '../credential.ts';
import { logUniform, pick, sample, uniform } from '../distributions.ts';
import { anyOwnObject } from '../objects.ts';
import { type Activity, plainManner } from '../scenario.ts';
import { plainCall } from '../traffic.ts';
import { type Confounder, happens, timesOver } from './confounder.ts';

export const outage: Confounder = {
  id: 'outage',
  description: 'Two calls in five fail everywhere for an hour or so, and clients retry.',
  plan(fleet, random) {
    for (let i = 0; i < fleet.parameters.outages; i++) {
      const startMs = uniform(random, fleet.startMs + 3 * dayMs, fleet.endMs - dayMs);
      const modifier = {
        startMs,
        endMs: startMs + uniform(random, 0.5, 3) * hourMs,
        serverErrors: 0.4,
        rate: uniform(random, 1.2, 2.5),
        notFound: 0.02,
      };
      for (const credential of fleet.credentials) credential.modifiers.push(modifier);
    }
    return fleet.parameters.outages;
  },
};

function bursts(
  id: string,
  description: string,
  kinds: readonly string[],
  everyDays: number,
  rate: readonly [number, number],
  hours: readonly [number, number],
  bytes: number,
): Confounder {
  return {
    id,
    description,
    plan(fleet, random) {
      let count = 0;
      for (const credential of fleet.credentials) {
        if (!kinds.includes(credential.kind)) continue;
        for (const startMs of timesOver(fleet, random, everyDays)) {
          credential.modifiers.push({
            startMs,
            endMs: startMs + uniform(random, ...hours) * hourMs,
            rate: logUniform(random, ...rate),
            bytes,
          });
          count++;
        }
      }
      return count;
    },
  };
}

export const ciBurst = bursts(
  'ci-burst',
  'A busy merge day: ten times the builds for some hours.',
  ['ci'],
  5,
  [4, 12],
  [1, 4],
  1,
);
export const backfill = bursts(
  'backfill',
  'A backfill or nightly export: six times the calls, larger answers.',
  ['batch', 'service'],
  16,
  [3, 8],
  [1, 5],
  2.5,
);
export const busyHour = bursts(
  'busy-hour',
  'People have busy hours.',
  ['person', 'partner', 'agent'],
  9,
  [2, 6],
  [1, 3],
  1,
);
export const loadTest = bursts(
  'load-test',
  'A load test runs under a real credential.',
  ['service'],
  1_500,
  [20, 60],
  [0.5, 2],
  1,
);

export const monthlyJob: Confounder = {
  id: 'monthly-job',
  description: 'At the end of the month some credentials read everything they own, old objects too.',
  plan(fleet, random) {
    if (!fleet.parameters.monthlyJobs) return 0;
    const activities: Activity[] = [];
    const day = fleet.startMs + Math.floor(uniform(random, 15, 26)) * dayMs;
    for (const credential of fleet.credentials) {
      if (credential.kind === 'monitor' || !happens(fleet, random, 0.05)) continue;
      const operation = credential.operations.find((each) => each.resource !== null);
      if (operation === undefined) continue;
      const own = random.stream(credential.tag);
      const count = Math.min(400, Math.round(credential.holdings.initial * uniform(own, 0.2, 0.8)) + 5);
      const times = paced(own, day + uniform(own, 0, 20) * hourMs, logUniform(own, 2_000, 30_000), count);
      activities.push({
        target: credential,
        times,
        make: (timeMs) =>
          plainCall(
            own,
            inside(credential, timeMs, own),
            operation,
            anyOwnObject(credential, own, timeMs - fleet.startMs),
            -1,
            200,
            1.5,
          ),
      });
    }
    return { count: activities.length, activities };
  },
};

export const webhookRetries: Confounder = {
  id: 'webhook-retries',
  description: 'A receiver is down: the same call is retried with growing gaps.',
  plan(fleet, random) {
    const activities: Activity[] = [];
    for (const credential of fleet.credentials) {
      if (credential.kind !== 'partner' && credential.kind !== 'service') continue;
      for (const startMs of timesOver(fleet, random, 40)) {
        const operation = credential.operations.find((each) => each.shape === 'action');
        if (operation === undefined) continue;
        const own = random.stream(`${credential.tag} ${startMs}`);
        const times = Array.from({ length: 10 }, (_, i) => startMs + 2_000 * 2 ** i);
        activities.push({
          target: credential,
          times,
          make: (timeMs, i) =>
            plainCall(own, inside(credential, timeMs, own), operation, -1, -1, i < 9 ? 503 : 200, 1),
        });
      }
    }
    return { count: activities.length, activities };
  },
};

export const penetrationTest: Confounder = {
  id: 'penetration-test',
  description: 'Hired testers try many routes with a credential given to them for it.',
  plan(fleet, random) {
    const activities: Activity[] = [];
    const partners = fleet.credentials.filter(
      (credential) => credential.kind === 'partner' || credential.kind === 'person',
    );
    for (const startMs of timesOver(fleet, random, 45)) {
      const target = sample(random, partners, 1)[0];
      if (target === undefined) continue;
      const own = random.stream(`test ${startMs}`);
      const place: Slot = thief({ fleet, random: own, ...plainManner }, target, startMs, {
        client: 'tool',
      });
      const routes = [...target.api.operations, ...target.api.admin];
      activities.push({
        target,
        times: scattered(own, startMs, 3 * hourMs, 300),
        make: () =>
          plainCall(
            own,
            place,
            pick(own, routes),
            Math.floor(own.next() * 1e6),
            -1,
            own.next() < 0.8 ? pick(own, [400, 403, 404]) : 200,
            1,
          ),
      });
    }
    return { count: activities.length, activities };
  },
};
