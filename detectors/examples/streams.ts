import { emptyUsageEvent, type UsageEvent } from '../../schemas/usage-event.ts';
import { hourMs } from '../../src/stats/durations.ts';

/** Event streams that detectors' examples are made of: plain, regular and readable. */

export const startMs = Date.UTC(2026, 0, 5); // a Monday

/** One request of the owner: office network, one client, one route, own objects. */
export function call(timeMs: number, fields: Partial<UsageEvent> = {}): UsageEvent {
  return {
    ...emptyUsageEvent(),
    timestampMs: timeMs,
    eventId: `e-${timeMs}-${fields.credentialId ?? 'key-1'}`,
    gatewayType: 'canonical',
    credentialId: 'key-1',
    credentialType: 'api_key',
    credentialSource: 'gateway_id',
    clientAddress: '198.51.100.7',
    clientAsn: 64500,
    clientCountry: 'DE',
    userAgent: 'orders-sync/2.1',
    method: 'GET',
    host: 'api.example.com',
    path: '/orders/1000',
    route: 'GET /orders/{int}',
    routeSource: 'inferred',
    objectId: '1000',
    objectNumber: 1000,
    status: 200,
    outcome: 'success',
    responseBytes: 900,
    ...fields,
  };
}

export interface Habit {
  readonly days: number;
  readonly perHour: number;
  /** Changes the n-th request of the habit. */
  readonly change?: (n: number, timeMs: number) => Partial<UsageEvent>;
}

/** Evenly spaced requests around the clock; objects from a small set of its own. */
export function* steady({ days, perHour, change }: Habit): Generator<UsageEvent> {
  const gapMs = hourMs / perHour;
  for (let n = 0; n < days * 24 * perHour; n += 1) {
    const timeMs = startMs + Math.round(n * gapMs);
    const object = 1000 + (n % 40);
    yield call(timeMs, {
      path: `/orders/${object}`,
      objectId: `${object}`,
      objectNumber: object,
      ...change?.(n, timeMs),
    });
  }
}

/** The habit, then `requests` more of `fields` within `overMinutes`, while the habit goes on. */
export function* burst(
  options: Habit & { requests: number; overMinutes: number; fields?: (n: number) => Partial<UsageEvent> },
): Generator<UsageEvent> {
  yield* steady(options);
  const from = endOf(options) + 60_000;
  const gapMs = (options.overMinutes * 60_000) / options.requests;
  for (let n = 0; n < options.requests; n += 1) {
    yield call(from + Math.round(n * gapMs), {
      objectId: '1001',
      objectNumber: 1001,
      ...options.fields?.(n),
    });
  }
}

/** Time at which a habit's last hour ends. */
export function endOf({ days }: Pick<Habit, 'days'>): number {
  return startMs + days * 24 * hourMs;
}

/** The same habit under another credential's id. */
export function* steadyOf(
  credentialId: string,
  habit: Habit,
  then: Iterable<UsageEvent> = [],
): Generator<UsageEvent> {
  for (const event of steady(habit))
    yield { ...event, credentialId, eventId: `${event.eventId}-${credentialId}` };
  yield* then;
}

/** One of the API's operations without an object. */
export function route(n: number): Partial<UsageEvent> {
  return { route: `GET /things/${n}`, path: `/things/${n}`, objectId: null, objectNumber: null };
}

/** A few requests ten minutes apart, without a habit before them: all a violation needs. */
export function* once(
  requests: number,
  fields: (n: number, timeMs: number) => Partial<UsageEvent>,
): Generator<UsageEvent> {
  for (let n = 0; n < requests; n += 1) {
    const timeMs = startMs + n * 600_000;
    yield call(timeMs, fields(n, timeMs));
  }
}
