import type { Operation } from '../apis.ts';
import { address, slot as makeSlot } from '../contexts.ts';
import type { Credential, Slot } from '../credential.ts';
import { integer, logUniform, pick } from '../distributions.ts';
import type { Fleet } from '../fleet.ts';
import { eventsPerDay } from '../habits.ts';
import { anyOwnObject } from '../objects.ts';
import type { Scenario } from '../scenario.ts';
import {
  dayMs,
  hourMs,
  inOwnHours,
  inside,
  strong,
  successful,
  thief,
  usual,
  usualCalls,
  whenLevel,
  within,
} from './kit.ts';

export const sameNetworkInterleaved: Scenario<'same-network-interleaved'> = {
  id: 'same-network-interleaved',
  number: 3,
  description: "The thief works beside the active owner from another prefix of the owner's own network.",
  family: 'replay',
  group: 'coexistence',
  fits: () => true,
  plan(stage, target, startMs) {
    const { random } = stage;
    const own = target.slots[0] as Slot;
    const place = makeSlot(
      random,
      'any',
      own.network,
      address(random, own.network),
      own.client,
      1,
      Number.POSITIVE_INFINITY,
      startMs,
    );
    const from = whenLevel(target, startMs, (level) => level > 0.5);
    const times = within(stage, from, 2 * hourMs, strong(stage, Math.round(logUniform(random, 8, 150))));
    return { activities: [usualCalls(stage, target, times, place)] };
  },
};

export const mimicry: Scenario<'mimicry'> = {
  id: 'mimicry',
  number: 29,
  description:
    "The thief replays the owner's own routes in the owner's hours, a third of the volume on top, from another network.",
  family: 'replay',
  group: 'coexistence',
  fits: () => true,
  plan(stage, target, startMs) {
    const perHour = Math.max(0.5, (eventsPerDay(target) / 24) * 0.3 * stage.strength);
    const times = inOwnHours(stage.random, target, startMs, 2, Math.min(300, perHour));
    const place = thief(stage, target, startMs, { client: 'same' });
    return { activities: [usualCalls(stage, target, times, place)], endMs: startMs + 2 * dayMs };
  },
};

export const masquerade: Scenario<'masquerade'> = {
  id: 'masquerade',
  number: 46,
  description:
    "Somebody else sits at the owner's place: network, program, hours and volume are the owner's, the work is another's.",
  family: 'out-of-pattern',
  group: 'masquerade',
  fits: (target, fleet) => eventsPerDay(target) > 20 && others(target, fleet).length > 0,
  plan(stage, target, startMs) {
    const { random, fleet } = stage;
    const model = pick(random, others(target, fleet));
    const from = whenLevel(target, startMs, (level) => level > 0.5);
    const hours = integer(random, 1, 6);
    const perHour = Math.max(15, Math.min(400, eventsPerDay(target) / 10));
    const times = within(stage, from, hours * hourMs, strong(stage, Math.round(perHour * hours)));
    const make = (timeMs: number) => {
      const operation = usual(model, random);
      const object = operation.shape === 'item' ? anyOwnObject(target, random, timeMs - fleet.startMs) : -1;
      return successful(random, inside(target, timeMs, random), operation, object);
    };
    return {
      activities: [{ target, times, make }],
      mutes: [{ target, interval: { startMs: from, endMs: from + hours * hourMs } }],
    };
  },
};

/** Users of the same API whose main operation is not the target's. */
function others(target: Credential, fleet: Fleet): Credential[] {
  return fleet.credentials.filter(
    (other) => other.api === target.api && other !== target && mainOf(other) !== mainOf(target),
  );
}

function mainOf({ operations, weights }: Credential): Operation | undefined {
  let main = 0;
  weights.forEach((weight, i) => {
    if (weight > (weights[main] ?? 0)) main = i;
  });
  return operations[main];
}
