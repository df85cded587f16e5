import type { UsageEvent } from '../../schemas/usage-event.ts';
import { hourMs } from '../../src/stats/durations.ts';
import { call, endOf, type Habit, startMs, steady } from './streams.ts';

/** Streams in which it matters when requests come. */

/** Mondays to Fridays, eight to six UTC; at the end one hour more, at night or at ten in the morning. */
export function* officeHours(options: {
  days: number;
  night: boolean;
  fields?: Partial<UsageEvent>;
}): Generator<UsageEvent> {
  for (let day = 0; day < options.days; day += 1) {
    if (day % 7 > 4) continue;
    for (let n = 0; n < 40; n += 1) yield call(startMs + day * 24 * hourMs + 8 * hourMs + n * 900_000);
  }
  const lastMs = startMs + options.days * 24 * hourMs + (options.night ? 3 : 10) * hourMs;
  for (let n = 0; n < 4; n += 1) yield call(lastMs + n * 600_000, options.fields ?? {});
}

/** The habit, silence, then four requests. */
export function* afterSilence(options: Habit & { silentDays: number }): Generator<UsageEvent> {
  yield* steady(options);
  const wakeMs = endOf(options) + options.silentDays * 24 * hourMs;
  for (let n = 0; n < 4; n += 1) yield call(wakeMs + n * 600_000);
}

type Rhythm = 'person' | 'robot';

/** Two hours on every day in one rhythm, about forty requests an hour; the last day in another, or the same. */
export function* gaps(options: {
  days: number;
  habit?: Rhythm;
  last: Rhythm;
  fields?: Partial<UsageEvent>;
}): Generator<UsageEvent> {
  let n = 0;
  for (let day = 0; day <= options.days; day += 1) {
    const isLast = day === options.days;
    const rhythm = isLast ? options.last : (options.habit ?? 'person');
    let at = startMs + day * 24 * hourMs + 9 * hourMs;
    const end = at + 2 * hourMs;
    while (at < end) {
      yield call(at, isLast ? (options.fields ?? {}) : {});
      n += 1;
      at += 1000 * (rhythm === 'robot' ? 90 : thinking(n));
    }
  }
}

/** Seconds between a person's requests: mostly seconds, sometimes many minutes. */
function thinking(n: number): number {
  return [2, 7, 19, 4, 55, 140, 11, 3, 31, 420, 5, 90, 14, 240, 8][(n * n + 3 * n) % 15] ?? 2;
}

/** One visit to a web application in a session of its own: page after page, each after a pause. */
export function* sitting(options: {
  actions: number;
  pauseS: (n: number) => number;
  page?: (n: number) => string;
  afterHours?: number;
  fields?: Partial<UsageEvent>;
}): Generator<UsageEvent> {
  const { actions, pauseS, page = (n) => `page-${n % 50}`, afterHours = 0, fields } = options;
  let at = startMs + afterHours * hourMs;
  for (let n = 0; n < actions; n += 1) {
    at += pauseS(n) * 1000;
    yield call(at, {
      credentialId: 'visit-1',
      credentialType: 'session',
      path: `/${page(n)}`,
      route: `GET /${page(n)}`,
      objectId: null,
      objectNumber: null,
      ...fields,
    });
  }
}
