import type { Slot } from '../credential.ts';
import { dayMs } from '../credential.ts';
import { pick, uniform } from '../distributions.ts';
import { createCredential } from '../new-credential.ts';
import type { Activity } from '../scenario.ts';
import { callsOf, ofPerson, timesOf } from '../sitting.ts';
import type { Confounder } from './confounder.ts';

export const visitors: Confounder = {
  id: 'visitors',
  isTurnover: true,
  description: 'People log in once, use their session for minutes and never return: always cold.',
  plan(fleet, random) {
    const apis = fleet.apis.filter(({ style }) => style !== 'cloud');
    if (apis.length === 0) return 0;
    const count = Math.round(fleet.credentials.length * 0.4 * fleet.parameters.noise);
    const activities: Activity[] = Array.from({ length: count }, (_, i) => {
      const own = random.stream(`visitor ${i}`);
      const startMs = uniform(own, fleet.startMs, fleet.endMs - dayMs / 8);
      const visitor = createCredential(fleet, own, fleet.credentials.length + i, startMs, {
        kind: 'person',
        type: 'session',
        api: pick(own, apis),
      });
      const times = timesOf(own, ofPerson(own), startMs);
      return callsOf(fleet, own, visitor, pick(own, visitor.slots) as Slot, times);
    });
    return { count, activities };
  },
};

export const temporaryKeys: Confounder = {
  id: 'temporary-keys',
  isTurnover: true,
  description: 'Jobs take a role for some minutes: each run has a cloud key of its own, in the usual place.',
  plan(fleet, random) {
    const jobs = fleet.credentials.filter(({ type }) => type === 'cloud_access_key');
    if (jobs.length === 0) return 0;
    const count = Math.round(jobs.length * 0.6 * fleet.parameters.noise);
    const activities: Activity[] = Array.from({ length: count }, (_, i) => {
      const own = random.stream(`run ${i}`);
      const job = pick(own, jobs);
      const startMs = uniform(own, fleet.startMs, fleet.endMs - dayMs / 8);
      const key = createCredential(fleet, own, fleet.credentials.length + i, startMs, {
        kind: job.kind,
        type: job.type,
        api: job.api,
        gateway: job.gateway,
        consumer: job.consumer,
      });
      const run = { ...ofPerson(own), medianPauseMs: uniform(own, 200, 20_000) };
      // The job's own work under another key: only the key is new.
      key.operations = job.operations;
      key.weights = job.weights;
      key.sums = job.sums;
      const place = { ...(pick(own, job.slots) as Slot), token: null, template: null };
      return callsOf(fleet, own, key, place, timesOf(own, run, startMs));
    });
    return { count, activities };
  },
};
