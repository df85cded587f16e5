import { z } from 'zod';
import { position } from './position.ts';

/** Reasons are a closed list: each is a metric label. */
export const deadLetterReasons = [
  'not-json',
  'not-text',
  'too-long',
  'too-deep',
  'unknown-format',
  'wrong-type',
  'missing-field',
  'time-invalid',
  'time-too-old',
  'time-in-future',
  'envelope-invalid',
  'unsupported-encoding',
  'inflate-failed',
  'internal-error',
] as const;
export type DeadLetterReason = (typeof deadLetterReasons)[number];

/** A record no format could decode, kept with the reason and a redacted excerpt. */
export const deadLetter = z.strictObject({
  reason: z.enum(deadLetterReasons),
  detail: z.string().describe('What was wrong, where, and what would be right.'),
  at: position,
  ingestTimeMs: z.number().int(),
  excerpt: z.string().max(512).describe('Start of the record with every secret-looking part removed.'),
  bytes: z.number().int(),
});
export type DeadLetter = z.output<typeof deadLetter>;
