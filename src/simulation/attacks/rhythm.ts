import { chance, integer, uniform } from '../distributions.ts';
import { eventsPerDay } from '../habits.ts';
import type { Scenario } from '../scenario.ts';
import { dayMs, hourMs, paced, strong, thief, usualCalls, whenLevel, within } from './kit.ts';
import { more } from './volume.ts';

export const offHours: Scenario<'off-hours'> = {
  id: 'off-hours',
  number: 24,
  description: "The owner's own place and routes, but in the middle of the owner's night.",
  family: 'out-of-pattern',
  group: 'off-hours',
  fits: (target) => target.kind === 'person',
  plan(stage, target, startMs) {
    const from = whenLevel(target, startMs, (level) => level < 0.01);
    return {
      activities: [more(stage, target, within(stage, from, 2 * hourMs, strong(stage, 50)))],
    };
  },
};

export const dormantWake: Scenario<'dormant-wake'> = {
  id: 'dormant-wake',
  number: 25,
  description: 'A credential that was silent for long is used again, from its network or another.',
  family: 'out-of-pattern',
  alsoFamilies: ['replay'],
  group: 'rhythm',
  fits: (target) => eventsPerDay(target) > 3,
  plan(stage, target, startMs) {
    const { random, fleet } = stage;
    // Silent from the first days on: the longest a world of this length can show.
    const silent = { startMs: fleet.startMs + integer(random, 3, 6) * dayMs, endMs: fleet.endMs + dayMs };
    const times = within(stage, startMs, hourMs, strong(stage, 20));
    const activity = chance(random, 0.5)
      ? more(stage, target, times)
      : usualCalls(stage, target, times, thief(stage, target, startMs, { client: 'other' }));
    return { activities: [activity], mutes: [{ target, interval: silent }] };
  },
};

export const humanTurnedRobot: Scenario<'human-turned-robot'> = {
  id: 'human-turned-robot',
  number: 35,
  description: "A person's credential is driven by a script: the same volume, but evenly spaced.",
  family: 'out-of-pattern',
  group: 'rhythm',
  fits: (target) => target.kind === 'person' && eventsPerDay(target) > 8,
  plan(stage, target, startMs) {
    const from = whenLevel(target, startMs, (level) => level > 0.6);
    const perHour = Math.max(20, eventsPerDay(target) / 7);
    const times = paced(
      stage.random,
      from,
      hourMs / perHour,
      Math.round(perHour * 6),
      uniform(stage.random, 0.02, 0.15),
    );
    return {
      activities: [more(stage, target, times)],
      mutes: [{ target, interval: { startMs: from, endMs: from + 6 * hourMs } }],
    };
  },
};
