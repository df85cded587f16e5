import { z } from 'zod';
import { detectors } from '../../detectors/index.ts';
import { configSchema as sections } from '../../schemas/config.ts';
import type { Detector } from '../engine/detector.ts';

/** Options that have their place in another section already, by detector id. */
const elsewhere: ReadonlyMap<string, readonly string[]> = new Map([['wrong-audience', ['audiences']]]);

/** Options of the detectors that have any, by detector id. */
const detectorOptions = z.strictObject(Object.fromEntries(detectors.flatMap(sectionOf)));

function sectionOf(detector: Detector): [id: string, section: z.ZodType][] {
  if (detector.kind !== 'violation' || !(detector.options instanceof z.ZodObject)) return [];
  const taken = (elsewhere.get(detector.id) ?? []).map((name) => [name, true] as const);
  const options: z.ZodObject = detector.options.omit(Object.fromEntries(taken) as Record<string, never>);
  if (Object.keys(options.shape).length === 0) return [];
  return [[detector.id, options.prefault({}).describe(detector.summary)]];
}

/** The whole configuration: the sections, and what the detectors let one choose. */
export const configSchema = sections.extend({
  detectors: detectorOptions.prefault({}).describe('What detectors must be told; most learn by themselves.'),
});
export type Config = z.output<typeof configSchema>;

/** Options by detector id, as the engine takes them. */
export function detectorOptionsOf(config: Config): Record<string, unknown> {
  const own = config.detectors as Record<string, object>;
  return { ...own, 'wrong-audience': { ...own['wrong-audience'], audiences: config.lists.audiences } };
}
