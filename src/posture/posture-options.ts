import { z } from 'zod';
import { mostWorkloads } from './credential-facts.ts';

const number = () => z.coerce.number({ error: 'must be a number' });
const days = (preset: number, what: string) =>
  number().int('must be a whole number').min(1, 'must be 1 or more').default(preset).describe(what);

/** From when on something counts as a finding of the posture report. */
export const postureOptions = z.strictObject({
  maxAgeDays: days(90, 'days one secret may be in use'),
  rotationDays: days(30, 'days after which an unchanged key counts, where other consumers change theirs'),
  dormantDays: days(30, 'days without use after which a credential counts as dormant'),
  minDays: days(14, 'days of use before anything is called never used'),
  workloads: number()
    .int('must be a whole number')
    .min(2, 'must be 2 or more')
    .max(mostWorkloads, `must be ${mostWorkloads} or less`)
    .default(5)
    .describe('different pairs of network and client on one day that make a credential shared'),
  maxTokenHours: number().positive('must be above 0').default(768).describe('hours a token may be valid'),
});

export type PostureOptions = z.output<typeof postureOptions>;
