import { logUniform } from '../distributions.ts';
import type { Scenario } from '../scenario.ts';
import { dayMs, foreignObject, hasItems, inOwnHours, mainItem, reads, scattered, strong } from './kit.ts';

export const slowScrape: Scenario<'slow-scrape'> = {
  id: 'slow-scrape',
  number: 13,
  description: 'A few random objects an hour, day and night, for days, from the own application.',
  family: 'scraping',
  group: 'slow-scrape',
  fits: hasItems,
  plan(stage, target, startMs) {
    const operation = mainItem(target);
    if (operation === null) return null;
    const days = 5;
    const perHour = logUniform(stage.random, 3, 20);
    const times = scattered(stage.random, startMs, days * dayMs, strong(stage, perHour * 24 * days));
    return {
      activities: [reads(stage, target, operation, times, null, (_, at) => foreignObject(stage, target, at))],
    };
  },
};

export const slowScrapeOwnHours: Scenario<'slow-scrape-own-hours'> = {
  id: 'slow-scrape-own-hours',
  number: 14,
  description:
    "A few random objects an hour with uneven gaps, only in the victim's active hours, for a week.",
  family: 'scraping',
  group: 'slow-scrape',
  fits: hasItems,
  plan(stage, target, startMs) {
    const operation = mainItem(target);
    if (operation === null) return null;
    const times = inOwnHours(stage.random, target, startMs, 7, 10 * stage.strength);
    return {
      activities: [reads(stage, target, operation, times, null, (_, at) => foreignObject(stage, target, at))],
    };
  },
};
