import { expect } from 'vitest';
import type { UsageEvent } from '../../../schemas/usage-event.ts';
import { one } from '../decoding.ts';

/** Fields of the event that say nothing, of those that a format promises. */
export function expectYields(line: string | object, promised: readonly (keyof UsageEvent)[]): void {
  const event = one(line);
  const silent = promised.filter((field) => {
    const value = event[field];
    if (field === 'credentialId') return event.credentialSource === 'network';
    return value === null || value === '' || (Array.isArray(value) && value.length === 0);
  });
  expect(silent).toEqual([]);
}
