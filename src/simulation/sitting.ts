import type { Credential, Slot } from './credential.ts';
import { exponential, integer, logNormal } from './distributions.ts';
import type { Fleet } from './fleet.ts';
import { anyOwnObject } from './objects.ts';
import type { Random } from './random.ts';
import type { Activity } from './scenario.ts';
import { plainCall } from './traffic.ts';

/** One visit of somebody to an application: actions with pauses between them, each of a call or several. */
export interface Sitting {
  readonly actions: number;
  readonly medianPauseMs: number;
  /** Standard deviation of the pauses' logarithm. */
  readonly pauseSpread: number;
}

/** What people do at a screen: they read, and each in their own time. */
export function ofPerson(random: Random): Sitting {
  return {
    actions: integer(random, 3, 40),
    medianPauseMs: logNormal(random, 14_000, 0.5),
    pauseSpread: 0.5 + 0.7 * random.next(),
  };
}

/** Times of all calls of a sitting, sorted. */
export function timesOf(random: Random, sitting: Sitting, startMs: number): number[] {
  const times: number[] = [];
  let at = startMs;
  for (let action = 0; action < sitting.actions; action += 1) {
    let part = at;
    for (let calls = 1 + Math.floor(exponential(random, 1.2)); calls > 0; calls -= 1) {
      times.push(part);
      part += exponential(random, 150);
    }
    at = Math.max(part, at + logNormal(random, sitting.medianPauseMs, sitting.pauseSpread));
  }
  return times;
}

/** Calls of the holder's usual operations on own objects, from `place`. */
export function callsOf(
  fleet: Fleet,
  random: Random,
  target: Credential,
  place: Slot,
  times: readonly number[],
): Activity {
  return {
    target,
    times,
    make: (timeMs) => {
      const u = random.next();
      const at = target.sums.findIndex((sum) => sum > u);
      const operation = target.operations[
        at < 0 ? target.operations.length - 1 : at
      ] as Credential['operations'][number];
      const object = operation.shape === 'item' ? anyOwnObject(target, random, timeMs - fleet.startMs) : -1;
      const status = random.next() < target.notFoundShare ? 404 : 200;
      return plainCall(random, place, operation, object, operation.shape === 'list' ? 0 : -1, status, 1);
    },
  };
}
