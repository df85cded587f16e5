import type { Operation } from '../apis.ts';
import { elsewhere, inside, minuteMs, paced, usual, withToken } from '../attacks/kit.ts';
import { commonClouds } from '../contexts.ts';
import type { Credential, Slot } from '../credential.ts';
import { chance, integer, logUniform, pick, sample, uniform } from '../distributions.ts';
import type { Fleet } from '../fleet.ts';
import { anyOwnObject } from '../objects.ts';
import type { Random } from '../random.ts';
import { type Activity, plainManner } from '../scenario.ts';
import { plainCall } from '../traffic.ts';
import { type Confounder, nowAndThen } from './confounder.ts';

/** One run of a script: where, what it calls, how fast, and which of its calls fail. */
interface Run {
  readonly times: readonly number[];
  readonly place: (timeMs: number) => Slot;
  readonly work: readonly Operation[];
  readonly statusOf: (index: number) => number;
}

function activityOf(fleet: Fleet, random: Random, target: Credential, run: Run): Activity {
  return {
    target,
    times: run.times,
    make(timeMs, index) {
      const operation = pick(random, run.work);
      const object = operation.shape === 'item' ? anyOwnObject(target, random, timeMs - fleet.startMs) : -1;
      const page = operation.shape === 'list' ? index % 40 : -1;
      return plainCall(random, run.place(timeMs), operation, object, page, run.statusOf(index), 1);
    },
  };
}

/** Wrong at first, and then only now and then; or right from the start. */
function tried(random: Random): (index: number) => number {
  const attempts = chance(random, 0.5) ? 0 : integer(random, 1, 25);
  const later = chance(random, 0.6) ? 0 : uniform(random, 0, 0.15);
  return (index) =>
    random.next() < (index < attempts ? 0.7 : later) ? pick(random, [400, 401, 403, 404, 422, 429]) : 200;
}

export const ownScripts: Confounder = {
  id: 'own-script',
  description: 'Somebody writes a script for what is tedious, and runs it with the own session or token.',
  plan(fleet, random) {
    const does = ({ kind }: Credential) => kind === 'person' || kind === 'partner';
    return nowAndThen(fleet, random, { name: 'script', everyDays: 300, does }, (own, credential, startMs) => {
      const keepsProgram = chance(own, 0.3);
      const client = pick(own, pick(own, fleet.clients.byUse.tool));
      const gapMs = logUniform(own, 100, 15_000);
      return activityOf(fleet, own, credential, {
        times: paced(own, startMs, gapMs, Math.round(logUniform(own, 30, 1_500)), uniform(own, 0.02, 0.6)),
        place(timeMs) {
          const home = inside(credential, timeMs, own);
          return keepsProgram ? home : { ...home, client, template: null };
        },
        work: [usual(credential, own), ...sample(own, credential.api.operations, integer(own, 0, 2))],
        statusOf: tried(own),
      });
    });
  },
};

export const stressTests: Confounder = {
  id: 'stress-test',
  description: "Thousands of calls in minutes with a machine's key, from another place and by a tool for it.",
  plan(fleet, random) {
    const does = ({ kind }: Credential) => kind !== 'person' && kind !== 'monitor';
    return nowAndThen(fleet, random, { name: 'load', everyDays: 900, does }, (own, credential, startMs) => {
      const stage = { fleet, random: own, ...plainManner };
      const client = pick(own, pick(own, fleet.clients.byUse[chance(own, 0.7) ? 'tool' : 'machine']));
      const place = elsewhere(stage, pick(own, commonClouds), client, startMs);
      const count = Math.round(logUniform(own, 200, 5_000));
      const refused = chance(own, 0.5) ? 0 : uniform(own, 0, 0.4);
      return activityOf(fleet, own, credential, {
        times: paced(own, startMs, (uniform(own, 3, 60) * minuteMs) / count, count, 0.8),
        place: (timeMs) => withToken(credential, place, timeMs, own),
        work: credential.operations,
        statusOf: () => (own.next() < refused ? pick(own, [429, 429, 500, 503, 403]) : 200),
      });
    });
  },
};
