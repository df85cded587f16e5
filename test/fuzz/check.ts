import { toWire, type UsageEvent, usageEventWire } from '../../schemas/usage-event.ts';
import type { Decoder } from '../../src/decode/decoded.ts';
import { type Mutant, plantedCore } from './mutate.ts';

const slowestMs = 2_000;
const ingestTimeMs = Date.UTC(2026, 0, 5, 12);
const wire = usageEventWire.partial();

/** Decodes one hostile record; why the result is wrong, or null when it keeps every promise. */
export function broken(decoder: Decoder, { bytes, isPlanted }: Mutant, isThorough: boolean): string | null {
  const start = process.cpuUsage();
  const { events, refused } = decoder.decode({
    value: bytes,
    at: { kind: 'stdin', line: 1 },
    ingestTimeMs,
    partition: 'fuzz',
  });
  // Of the processor, not of the clock: a busy machine is no finding.
  const { user, system } = process.cpuUsage(start);
  const ms = (user + system) / 1000;
  if (ms > slowestMs) return `took ${Math.round(ms)} ms for ${bytes.length} bytes`;
  for (const { reason, detail, excerpt } of refused) {
    if (reason === 'internal-error') return `internal error: ${detail}`;
    if (excerpt.length > 512) return `an excerpt of ${excerpt.length} characters`;
  }
  if (isPlanted && JSON.stringify({ events, refused }).includes(plantedCore))
    return 'the planted secret came out';
  if (({} as { polluted?: unknown }).polluted !== undefined)
    return 'the prototype of all objects was changed';
  if (!isThorough) return null;
  return events.map(schemaFault).find((fault) => fault !== null) ?? null;
}

function schemaFault(event: UsageEvent): string | null {
  const read = wire.safeParse(toWire(event));
  if (read.success) return null;
  return read.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ');
}
