import { inside, paced } from '../attacks/kit.ts';
import { hourMs } from '../credential.ts';
import { logUniform } from '../distributions.ts';
import type { Activity } from '../scenario.ts';
import { plainCall } from '../traffic.ts';
import { type Confounder, timesOver } from './confounder.ts';

/** Days between two exports of one credential. */
const everyDays: Readonly<Record<string, number>> = {
  person: 90,
  partner: 40,
  service: 120,
  batch: 60,
  agent: 90,
  ci: 200,
};

export const listExports: Confounder = {
  id: 'list-export',
  description: 'Somebody presses export, or a job fetches a whole listing: page after page without a pause.',
  plan(fleet, random) {
    const activities: Activity[] = [];
    for (const credential of fleet.credentials) {
      const listing = credential.operations.find((operation) => operation.shape === 'list');
      const every = everyDays[credential.kind];
      if (listing === undefined || every === undefined) continue;
      for (const startMs of timesOver(fleet, random, every)) {
        if (startMs > fleet.endMs - 2 * hourMs) continue;
        const own = random.stream(`export ${credential.tag} ${startMs}`);
        activities.push({
          target: credential,
          times: paced(own, startMs, logUniform(own, 150, 3_000), Math.round(logUniform(own, 8, 300))),
          make: (timeMs, page) => plainCall(own, inside(credential, timeMs, own), listing, -1, page, 200, 1),
        });
      }
    }
    return { count: activities.length, activities };
  },
};
