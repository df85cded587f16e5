import type { UsageEvent } from '../../schemas/usage-event.ts';
import { hourMs } from '../../src/stats/durations.ts';
import { call, endOf, type Habit, startMs, steady } from './streams.ts';

/** Streams of several credentials. */

/** Two credentials with objects of their own, the second then asking for `takes` objects from `from` upwards. */
export function* owners(options: Habit & { takes: number; from?: number }): Generator<UsageEvent> {
  let n = 0;
  for (const event of steady(options)) {
    const id = 20_000 + (n % 60);
    yield {
      ...event,
      eventId: `o-${n}`,
      credentialId: 'key-2',
      path: `/orders/${id}`,
      objectId: `${id}`,
      objectNumber: id,
    };
    yield event;
    n += 1;
  }
  const first = options.from ?? 20_000;
  for (let taken = 0; taken < options.takes; taken += 1) {
    const id = first + ((taken * 7) % 60);
    yield call(endOf(options) + (taken + 1) * 30_000, {
      path: `/orders/${id}`,
      objectId: `${id}`,
      objectNumber: id,
    });
  }
  yield call(endOf(options) + (options.takes + 1) * 30_000);
}

/** Many credentials used every hour by their clients; then each once more within an hour, changed by `lastly`. */
export function* fleet(options: {
  credentials: number;
  days: number;
  client?: (n: number) => string;
  lastly?: (n: number) => Partial<UsageEvent>;
}): Generator<UsageEvent> {
  const { credentials, days, client, lastly: change } = options;
  const ownClient =
    client ?? ((n) => `client-${String.fromCharCode(97 + (n % 26), 97 + Math.floor(n / 26))}/1.0`);
  const member = (n: number) => ({ credentialId: `key-${n}`, userAgent: ownClient(n) });
  for (let hour = 0; hour < days * 24; hour += 1) {
    for (let n = 0; n < credentials; n += 1) yield call(startMs + hour * hourMs + n * 60_000, member(n));
  }
  for (let n = 0; n < credentials; n += 1) {
    yield call(endOf({ days }) + n * 60_000, { ...member(n), ...change?.(n) });
  }
}
