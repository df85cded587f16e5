import type { UsageEvent } from '../../schemas/usage-event.ts';
import { checks } from '../../src/posture/checks/index.ts';
import { Inventory } from '../../src/posture/inventory.ts';
import { judgeAll } from '../../src/posture/judge-all.ts';
import { postureOptions } from '../../src/posture/posture-options.ts';
import { surveyOf } from '../../src/posture/survey.ts';

export const defaults = postureOptions.parse({});

export function inventoryOf(events: Iterable<UsageEvent>, mostCredentials = 1_000): Inventory {
  const inventory = new Inventory({ mostCredentials, workloads: defaults.workloads, ownerOf: () => null });
  for (const event of events) inventory.see(event);
  return inventory;
}

/** All checks on what these calls tell. */
export function judged(events: Iterable<UsageEvent>) {
  const inventory = inventoryOf(events);
  const credentials = inventory.credentials();
  return judgeAll(checks, credentials, surveyOf(inventory, credentials, defaults));
}
