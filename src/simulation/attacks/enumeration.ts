import { logUniform, sample } from '../distributions.ts';
import { objectAt } from '../objects.ts';
import type { Scenario } from '../scenario.ts';
import { hasItems, mainItem, numeric, oneByOne, paced, reads, strong } from './kit.ts';

export const fastScrape: Scenario<'fast-scrape'> = {
  id: 'fast-scrape',
  number: 11,
  description: 'Object ids are read in sequence as fast as the service answers, from the own application.',
  family: 'scraping',
  group: 'enumeration',
  fits: (target) => numeric(target),
  plan(stage, target, startMs) {
    const { random } = stage;
    const operation = mainItem(target, (o) => o.resource?.ids === 'number');
    if (operation === null) return null;
    const perHour = logUniform(random, 150, 5_000) * stage.strength;
    const count = Math.min(4_000, Math.max(60, Math.round(perHour * logUniform(random, 0.2, 2))));
    const first =
      target.holdings.layout === 'catalogue'
        ? Math.floor(random.next() * target.holdings.span)
        : Math.floor(target.api.idBase + random.next() * 400_000);
    return {
      activities: [
        reads(
          stage,
          target,
          operation,
          paced(random, startMs, 3_600_000 / perHour, count),
          null,
          (i) => first + i,
        ),
      ],
    };
  },
};

export const shuffledBlockScrape: Scenario<'shuffled-block-scrape'> = {
  id: 'shuffled-block-scrape',
  number: 12,
  description: 'A part of a block of thousands of objects is read in shuffled order.',
  family: 'scraping',
  group: 'enumeration',
  fits: hasItems,
  plan(stage, target, startMs) {
    const { random } = stage;
    const operation = mainItem(target);
    if (operation === null) return null;
    const count = strong(stage, Math.round(logUniform(random, 200, 900)));
    const block = Math.round(logUniform(random, 2_000, 40_000));
    const order = sample(
      random,
      Array.from({ length: block }, (_, i) => i),
      count,
    );
    const first = Math.floor(target.api.idBase + random.next() * 400_000);
    const objectOf = (i: number) =>
      target.holdings.layout === 'catalogue'
        ? objectAt(target.holdings, order[i] ?? 0)
        : first + (order[i] ?? 0);
    return {
      activities: [reads(stage, target, operation, oneByOne(stage, startMs, 12_000, count), null, objectOf)],
    };
  },
};
