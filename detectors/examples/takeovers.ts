import type { UsageEvent } from '../../schemas/usage-event.ts';
import { hourMs } from '../../src/stats/durations.ts';
import { call, endOf, type Habit, steady } from './streams.ts';

/** Somebody else holds the credential too. */

/** Another provider, another country's network, another client. */
export function thief(): Partial<UsageEvent> {
  return { clientAddress: '203.0.113.9', clientAsn: 64999, userAgent: 'python-requests/2.32' };
}

/** The habit, then owner and thief in turn with the same token. */
export function* interleaved(options: Habit & { requests: number }): Generator<UsageEvent> {
  yield* steady(options);
  const gapMs = hourMs / (2 * options.requests + 2);
  for (let n = 0; n < 2 * options.requests; n += 1) {
    yield call(endOf(options) + Math.round((n + 1) * gapMs), { tokenId: 't-1', ...(n % 2 === 1 && thief()) });
  }
}

/** The habit ends, and another place and client take over for good. */
export function* handover(
  options: Habit & { requests: number; fields?: () => Partial<UsageEvent> },
): Generator<UsageEvent> {
  yield* steady(options);
  const gapMs = hourMs / options.perHour;
  for (let n = 1; n <= options.requests; n += 1)
    yield call(endOf(options) + Math.round(n * gapMs), (options.fields ?? thief)());
}

/** Another program somewhere else that holds the same credential. */
export function workload(n: number): Partial<UsageEvent> {
  return {
    clientAddress: `203.0.${n}.20`,
    clientAsn: 64600 + n,
    userAgent: `${'abcdefgh'[n % 8]}-worker/1.0`,
  };
}
