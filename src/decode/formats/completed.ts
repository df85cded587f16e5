import type { UsageEvent } from '../../../schemas/usage-event.ts';
import type { FilledReading, Reading } from '../format.ts';
import type { JsonObject } from '../text.ts';
import { readUsual } from './aliases.ts';

/**
 * A reading with what its gateway's own names left open, found under the names that are usual elsewhere:
 * where operators name the fields, the line is of that gateway whatever they call its method.
 */
export function completed(reading: FilledReading, line: JsonObject): FilledReading {
  const usual = readUsual(line);
  const event = reading.event as unknown as Record<string, unknown>;
  const { plain } = usual;
  for (const field in plain) {
    event[field] ??= plain[field as keyof UsageEvent];
  }
  return {
    ...reading,
    time: reading.time ?? usual.time,
    client: reading.client ?? usual.client ?? null,
    forwardedFor: reading.forwardedFor ?? usual.forwardedFor ?? null,
    method: reading.method ?? usual.method ?? null,
    target: reading.target ?? usual.target ?? null,
    status: reading.status ?? usual.status ?? null,
    durationMs: reading.durationMs ?? usual.durationMs ?? null,
    userAgent: reading.userAgent ?? usual.userAgent ?? null,
    ...namedBy(reading, usual),
  };
}

/** Who calls is taken from one place: parts of two would make a third. */
function namedBy(reading: Reading, usual: Reading): Partial<Reading> {
  if (reading.credential || reading.claims) return {};
  const { credential = null, claims = null } = usual;
  return {
    credential,
    claims,
    authorization: reading.authorization ?? usual.authorization ?? null,
    apiKey: reading.apiKey ?? usual.apiKey ?? null,
    cookie: reading.cookie ?? usual.cookie ?? null,
  };
}
