import { sample } from '../distributions.ts';
import { eventsPerDay } from '../habits.ts';
import type { Activity, Scenario } from '../scenario.ts';
import {
  dayMs,
  foreignObject,
  hasItems,
  hourMs,
  mainItem,
  oneByOne,
  reads,
  scattered,
  strong,
  thief,
  usualCalls,
} from './kit.ts';
import { more } from './volume.ts';

export const contextRamp: Scenario<'context-ramp'> = {
  id: 'context-ramp',
  number: 26,
  description: 'A new network is made familiar with one, two, four … requests a day before the scrape.',
  family: 'replay',
  alsoFamilies: ['scraping'],
  group: 'poisoning',
  fits: hasItems,
  plan(stage, target, startMs) {
    const { random } = stage;
    const operation = mainItem(target);
    if (operation === null) return null;
    const place = thief(stage, target, startMs, { client: 'same' });
    const warm: number[] = [];
    for (let day = 0; day < 6; day++)
      warm.push(...scattered(random, startMs + day * dayMs, 10 * hourMs, 2 ** day));
    const scrape = oneByOne(stage, startMs + 6 * dayMs, 8_000, strong(stage, 400));
    return {
      activities: [
        usualCalls(stage, target, warm, place),
        reads(stage, target, operation, scrape, place, (_, at) => foreignObject(stage, target, at)),
      ],
    };
  },
};

export const baselineFlooding: Scenario<'baseline-flooding'> = {
  id: 'baseline-flooding',
  number: 28,
  description: 'A noisy day inflates the baseline, then comes a scrape five times the usual volume.',
  family: 'scraping',
  alsoFamilies: ['out-of-pattern'],
  group: 'poisoning',
  fits: (target) => hasItems(target) && eventsPerDay(target) > 5,
  plan(stage, target, startMs) {
    const { random } = stage;
    const operation = mainItem(target);
    if (operation === null) return null;
    const daily = Math.min(1_500, eventsPerDay(target));
    const noise = Array.from({ length: 12 }, (_, i) =>
      scattered(random, startMs + 2 * i * hourMs, hourMs, Math.ceil((daily / 8) * random.next())),
    );
    const scrape = oneByOne(
      stage,
      startMs + dayMs + 2 * hourMs,
      (3 * hourMs) / Math.max(60, daily),
      strong(stage, Math.max(60, daily)),
    );
    return {
      activities: [
        more(stage, target, noise.flat()),
        reads(stage, target, operation, scrape, null, (_, at) => foreignObject(stage, target, at)),
      ],
    };
  },
};

export const calibratorAttack: Scenario<'calibrator-attack'> = {
  id: 'calibrator-attack',
  number: 36,
  atMost: 1,
  description:
    'The attacker makes a twentieth of all credentials slightly noisy for days, then steals with one of them.',
  family: 'replay',
  alsoFamilies: ['scraping'],
  group: 'poisoning',
  fits: (target, fleet) => hasItems(target) && fleet.credentials.length >= 100,
  plan(stage, target, startMs) {
    const { random, fleet } = stage;
    const operation = mainItem(target);
    if (operation === null) return null;
    const others = sample(
      random,
      fleet.credentials.filter((c) => c !== target && hasItems(c) && c.rotation === null),
      Math.min(60, Math.round(fleet.credentials.length * 0.05)),
    );
    const noisy: Activity[] = others.map((other) => ({
      ...usualCalls(
        stage,
        other,
        scattered(random, startMs, 4 * dayMs, 16),
        thief(stage, other, startMs, { client: 'other' }),
      ),
      chaff: true,
    }));
    const theft = oneByOne(stage, startMs + 4 * dayMs, 20_000, strong(stage, 150));
    const place = thief(stage, target, startMs, { client: 'tool' });
    return {
      activities: [
        reads(stage, target, operation, theft, place, (_, at) => foreignObject(stage, target, at)),
        ...noisy,
      ],
    };
  },
};
