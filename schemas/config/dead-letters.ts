import { z } from 'zod';

/** Records that could not be decoded, as JSON lines in a file, beside those in ClickHouse. */
export const deadLettersConfig = z.strictObject({
  file: z
    .string()
    .min(1)
    .nullable()
    .default(null)
    .describe('File for dead letters as JSON lines; null: none.'),
  maxBytes: z
    .number()
    .int()
    .min(4096)
    .default(104_857_600)
    .describe('Size at which the file is renamed to FILE.1, replacing the one before, bytes.'),
  retryFirstMs: z.number().int().min(1).default(500).describe('Wait before the first retry, ms; doubles.'),
  retryMaxMs: z.number().int().min(1).default(30_000).describe('Longest wait between retries, ms.'),
});
export type DeadLettersConfig = z.output<typeof deadLettersConfig>;
