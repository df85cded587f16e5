import { logUniform } from '../distributions.ts';
import type { Scenario } from '../scenario.ts';
import { plainCall } from '../traffic.ts';
import { inside, oneByOne, strong } from './kit.ts';

export const paginationSweep: Scenario<'pagination-sweep'> = {
  id: 'pagination-sweep',
  number: 15,
  description: 'A listing is walked to its end, a page every second or few.',
  family: 'scraping',
  group: 'pagination',
  fits: (target) => target.operations.some((operation) => operation.shape === 'list'),
  plan(stage, target, startMs) {
    const { random } = stage;
    const operation = target.operations.find((each) => each.shape === 'list');
    if (operation === undefined) return null;
    const times = oneByOne(stage, startMs, 2_000, strong(stage, Math.round(logUniform(random, 150, 600))));
    return {
      activities: [
        {
          target,
          times,
          make: (at, i) => plainCall(random, inside(target, at, random), operation, -1, i, 200, 1),
        },
      ],
    };
  },
};
