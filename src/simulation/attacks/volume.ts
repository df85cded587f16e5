import type { Credential } from '../credential.ts';
import { logUniform, pick } from '../distributions.ts';
import { eventsPerDay } from '../habits.ts';
import { anyOwnObject } from '../objects.ts';
import type { Activity, Scenario, Stage } from '../scenario.ts';
import { plainCall } from '../traffic.ts';
import { dayMs, hourMs, inOwnHours, inside, minuteMs, scattered, strong, usual, within } from './kit.ts';

/** The holder's usual calls from the holder's own place. */
function more(stage: Stage, target: Credential, times: readonly number[], bytes = 1): Activity {
  const { random, fleet } = stage;
  return {
    target,
    times,
    make: (at) => {
      const operation = usual(target, random);
      const object = operation.shape === 'item' ? anyOwnObject(target, random, at - fleet.startMs) : -1;
      return plainCall(
        random,
        inside(target, at, random),
        operation,
        object,
        operation.shape === 'list' ? 0 : -1,
        200,
        bytes,
      );
    },
  };
}

function hourlyPeak(target: Credential): number {
  return target.pattern === 'cron' ? target.ratePerHour : target.ratePerHour * Math.max(...target.profile);
}

export const rateBurst: Scenario<'rate-burst'> = {
  id: 'rate-burst',
  number: 22,
  description: 'Three to fifty times the usual rate for ten minutes to an hour, nothing else changed.',
  family: 'out-of-pattern',
  group: 'volume',
  fits: () => true,
  plan(stage, target, startMs) {
    const { random } = stage;
    const factor = 1 + (pick(random, [5, 15, 50]) - 1) * stage.strength;
    const spanMs = logUniform(random, 10 * minuteMs, hourMs);
    const count = Math.min(6_000, Math.max(30, Math.round(hourlyPeak(target) * (spanMs / hourMs) * factor)));
    return { activities: [more(stage, target, scattered(random, startMs, spanMs, count))] };
  },
};

export const byteBurst: Scenario<'byte-burst'> = {
  id: 'byte-burst',
  number: 23,
  description: 'Exports twenty times the usual size at the usual request rate.',
  family: 'scraping',
  alsoFamilies: ['out-of-pattern'],
  group: 'volume',
  fits: (target) => target.gateway.logsBytes && eventsPerDay(target) > 10,
  plan(stage, target, startMs) {
    const count = Math.min(1_500, Math.max(6, strong(stage, hourlyPeak(target) * 2)));
    return { activities: [more(stage, target, within(stage, startMs, 3 * hourMs, count), 20)] };
  },
};

export const volumeRamp: Scenario<'volume-ramp'> = {
  id: 'volume-ramp',
  number: 27,
  description: 'The volume grows by a fixed factor every day, hoping to be learnt.',
  family: 'out-of-pattern',
  alsoFamilies: ['scraping'],
  group: 'poisoning',
  fits: (target) => eventsPerDay(target) > 5,
  plan(stage, target, startMs) {
    const growth = pick(stage.random, [1.2, 1.5, 2]);
    const times: number[] = [];
    for (let day = 0; day < 7; day++) {
      const extra = Math.min(400, (eventsPerDay(target) / 14) * (growth ** (day + 1) - 1) * stage.strength);
      times.push(...inOwnHours(stage.random, target, startMs + day * dayMs, 1, extra));
    }
    return { activities: [more(stage, target, times)], endMs: startMs + 7 * dayMs };
  },
};

export { more };
