import { address, slot as makeSlot } from '../contexts.ts';
import type { Slot } from '../credential.ts';
import { logUniform } from '../distributions.ts';
import { eventsPerDay } from '../habits.ts';
import type { Scenario } from '../scenario.ts';
import { dayMs, hourMs, inOwnHours, scattered, strong, thief, usualCalls, whenLevel } from './kit.ts';

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
    const times = scattered(random, from, 2 * hourMs, strong(stage, Math.round(logUniform(random, 8, 150))));
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
