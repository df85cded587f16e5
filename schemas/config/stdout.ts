import { z } from 'zod';

/** Alerts on standard output. */
export const stdoutConfig = z.strictObject({
  enabled: z.boolean().default(true).describe('Print alerts on standard output.'),
  format: z
    .enum(['text', 'json'])
    .default('text')
    .describe('text: a short block per alert for people; json: one alert a line, every state.'),
  color: z
    .enum(['auto', 'always', 'never'])
    .default('auto')
    .describe('auto: colours on a terminal, unless NO_COLOR is set.'),
});
export type StdoutConfig = z.output<typeof stdoutConfig>;
