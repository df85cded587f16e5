import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { z } from 'zod';

/** How a file began: one that was cut and has grown again keeps its name, its inode and perhaps its size. */
const beginning = z.strictObject({ bytes: z.number(), sha256: z.string() });
/** How far a log file was acknowledged. */
const place = z.strictObject({
  inode: z.number(),
  offset: z.number(),
  line: z.number(),
  beginning: beginning.optional(),
});
const places = z.record(z.string(), place);
export type Place = z.output<typeof place>;

/** Throws one line when the file holds something else. */
export function readPlaces(path: string): Record<string, Place> {
  if (!existsSync(path)) return {};
  const parsed = places.safeParse(jsonOf(readFileSync(path, 'utf8')));
  if (!parsed.success)
    throw new Error(`${path} does not hold places of log files; remove it to read them from their start`);
  return parsed.data;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Half a file, or none, is no places either.
    return undefined;
  }
}

export function writePlaces(path: string, saved: ReadonlyMap<string, Place>): void {
  // On the disk before it has the name: a power cut would leave an empty file, with which nothing starts.
  writeFileSync(`${path}.new`, JSON.stringify(Object.fromEntries(saved)), { mode: 0o600, flush: true });
  renameSync(`${path}.new`, path);
}
