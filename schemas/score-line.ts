import { z } from 'zod';

/** Score of one credential in one active hour; wire form of `replay --scores`. */
export const scoreLine = z.strictObject({
  'credential.id': z.string(),
  hour: z.number().int().describe('Start of the hour, epoch milliseconds.'),
  events: z.number().int(),
  score_bits: z.number().describe('Highest score reached in the hour.'),
  threshold_bits: z.number(),
  families: z.record(z.string(), z.number()).describe('Contribution of each family in bits.'),
});
export type ScoreLine = z.output<typeof scoreLine>;
