import { eventsPerDay } from '../habits.ts';
import type { Scenario } from '../scenario.ts';
import { foreignObject, hasItems, hourMs, inOwnHours, mainItem, reads, strong, within } from './kit.ts';

export const objectGuessing: Scenario<'object-guessing'> = {
  id: 'object-guessing',
  number: 16,
  description: "Other owners' objects are tried; most are refused or missing.",
  family: 'scraping',
  alsoFamilies: ['out-of-pattern'],
  group: 'broken-authorisation',
  fits: hasItems,
  plan(stage, target, startMs) {
    const operation = mainItem(target);
    if (operation === null) return null;
    const times = within(stage, startMs, 2 * hourMs, strong(stage, 240));
    return {
      activities: [
        reads(stage, target, operation, times, null, (_, at) => foreignObject(stage, target, at), 0.7),
      ],
    };
  },
};

export const brokenObjectAuthorisation: Scenario<'broken-object-authorisation'> = {
  id: 'broken-object-authorisation',
  number: 17,
  description:
    "Authorisation is broken: among the owner's own calls, one object in ten belongs to somebody else, and all answer.",
  family: 'scraping',
  group: 'broken-authorisation',
  fits: (target) => hasItems(target) && target.holdings.layout !== 'catalogue' && eventsPerDay(target) > 40,
  plan(stage, target, startMs) {
    const operation = mainItem(target);
    if (operation === null) return null;
    const perHour = Math.max(1, Math.min(60, (eventsPerDay(target) / 100) * stage.strength));
    const times = inOwnHours(stage.random, target, startMs, 1, perHour);
    if (times.length < 3) return null;
    return {
      activities: [reads(stage, target, operation, times, null, (_, at) => foreignObject(stage, target, at))],
    };
  },
};
