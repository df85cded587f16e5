import type { Slot } from '../credential.ts';
import { pick, uniform } from '../distributions.ts';
import { eventsPerDay } from '../habits.ts';
import { networksOf } from '../networks.ts';
import type { Scenario } from '../scenario.ts';
import {
  dayMs,
  elsewhere,
  inOwnHours,
  minuteMs,
  oneByOne,
  strong,
  thief,
  usualCalls,
  whenLevel,
} from './kit.ts';

export const impossibleTravel: Scenario<'impossible-travel'> = {
  id: 'impossible-travel',
  number: 8,
  description:
    'Minutes after the owner was active at home, the same client appears at a home on another continent.',
  family: 'replay',
  group: 'hand-over',
  fits: (target) => target.kind === 'person' && target.gateway.logsNetwork,
  plan(stage, target, startMs) {
    const own = target.slots[0] as Slot;
    const far = networksOf('isp').filter((isp) => continent(isp.country) !== continent(own.network.country));
    const place = elsewhere(stage, pick(stage.random, far), own.client, startMs);
    const from =
      whenLevel(target, startMs, (level) => level > 0.7) + uniform(stage.random, 20, 40) * minuteMs;
    return {
      activities: [usualCalls(stage, target, oneByOne(stage, from, minuteMs, strong(stage, 12), 0.6), place)],
    };
  },
};

export const handOver: Scenario<'hand-over'> = {
  id: 'hand-over',
  number: 9,
  description: 'The owner falls silent and the thief goes on in his place for a day.',
  family: 'replay',
  group: 'hand-over',
  fits: (target) => eventsPerDay(target) > 12,
  plan(stage, target, startMs) {
    const interval = { startMs, endMs: startMs + dayMs };
    const place = thief(stage, target, startMs, { network: 'isp', client: 'same' });
    const perHour = Math.min(200, Math.max(2, (eventsPerDay(target) / 12) * stage.strength));
    const times = inOwnHours(stage.random, target, startMs, 1, perHour).filter((at) => at < interval.endMs);
    if (times.length < 3) return null;
    return {
      activities: [usualCalls(stage, target, times, place)],
      mutes: [{ target, interval }],
      endMs: interval.endMs,
    };
  },
};

function continent(country: string): string {
  if (['US', 'CA', 'MX', 'BR', 'PE'].includes(country)) return 'america';
  if (['CN', 'KR', 'JP', 'IN', 'SG', 'AU'].includes(country)) return 'asia';
  return 'europe';
}
