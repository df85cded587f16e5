import { z } from 'zod';
import { detectors } from '../../detectors/index.ts';
import { configSchema as sections } from '../../schemas/config.ts';

/** Options of the detectors that have any, by detector id. */
const detectorOptions = z.strictObject(
  Object.fromEntries(
    detectors
      .filter((detector) => detector.kind === 'violation')
      .filter(({ options }) => options instanceof z.ZodObject && Object.keys(options.shape).length > 0)
      .map(({ id, options, summary }) => [id, (options as z.ZodObject).prefault({}).describe(summary)]),
  ),
);

/** The whole configuration: the sections, and what the detectors let one choose. */
export const configSchema = sections.extend({
  detectors: detectorOptions.prefault({}).describe('What detectors must be told; most learn by themselves.'),
});
export type Config = z.output<typeof configSchema>;
