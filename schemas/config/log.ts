import { z } from 'zod';

export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export const logFormats = ['auto', 'json', 'pretty'] as const;

export const logConfig = z.strictObject({
  level: z.enum(logLevels).default('info').describe('Least severe line that is written.'),
  format: z
    .enum(logFormats)
    .default('auto')
    .describe('json for machines, pretty for people; auto is pretty on a terminal and json elsewhere.'),
});
export type LogConfig = z.output<typeof logConfig>;
