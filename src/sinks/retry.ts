import { setTimeout as sleep } from 'node:timers/promises';

export interface Backoff {
  readonly firstMs: number;
  readonly maxMs: number;
}

/**
 * Wait before retry `attempt` (0 is the first): doubles up to the maximum, then takes a random
 * point in the upper half, so that many instances do not return in step after an outage.
 */
export function backoffMs(backoff: Backoff, attempt: number, random: () => number = Math.random): number {
  const fullMs = Math.min(backoff.maxMs, backoff.firstMs * 2 ** Math.min(attempt, 30));
  return Math.ceil(fullMs / 2 + (fullMs / 2) * random());
}

/** Rejects with the signal's reason when it is aborted meanwhile. */
export async function waitMs(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(ms, undefined, { signal });
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
}
