import { emptyUsageEvent, type UsageEvent } from '../schemas/usage-event.ts';

/** Event streams that detectors' examples are made of: plain, regular and readable. */

const startMs = Date.UTC(2026, 0, 5); // a Monday
const hourMs = 3_600_000;

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

/** One of the API's operations without an object. */
export function route(n: number): Partial<UsageEvent> {
  return { route: `GET /things/${n}`, path: `/things/${n}`, objectId: null, objectNumber: null };
}

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

/** A call of one of an agent's tools. */
export function tool(n: number): Partial<UsageEvent> {
  return {
    route: 'POST /mcp',
    path: '/mcp',
    method: 'POST',
    objectId: null,
    objectNumber: null,
    genAiToolName: `tool-${n}`,
  };
}

/** A model call of so many tokens. */
export function llm(tokens: number): Partial<UsageEvent> {
  return {
    route: 'POST /v1/chat/completions',
    path: '/v1/chat/completions',
    method: 'POST',
    objectId: null,
    objectNumber: null,
    genAiInputTokens: Math.round(tokens * 0.8),
    genAiOutputTokens: Math.round(tokens * 0.2),
    genAiCostUsd: tokens * 4e-6,
  };
}

/** Another program somewhere else that holds the same credential. */
export function workload(n: number): Partial<UsageEvent> {
  return {
    clientAddress: `203.0.${n}.20`,
    clientAsn: 64600 + n,
    userAgent: `${'abcdefgh'[n % 8]}-worker/1.0`,
  };
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

/** Ids that the lists of the examples' deployment name. */
export const revokedCredential = 'key-revoked';
export const revokedToken = 'token-revoked';
export const decoyCredential = 'key-decoy';
export const declaredCredential = 'key-declared';
export const productionCredential = 'key-production';
export const allowedAudience = 'https://api.example.com';
export const allowedIssuer = 'https://login.example.com';

/** What the deployment of the examples says about their credentials. */
export const exampleDeployment = {
  revoked: ({ credentialId, tokenId }: UsageEvent) =>
    credentialId === revokedCredential || tokenId === revokedToken
      ? 'revoked on 2026-01-04 by the owner'
      : '',
  decoy: ({ credentialId }: UsageEvent) =>
    credentialId === decoyCredential ? 'planted in the build image' : '',
  homeEnvironment: ({ credentialId }: UsageEvent) =>
    credentialId === productionCredential ? 'production' : '',
  breach: ({ credentialId, method }: UsageEvent) =>
    credentialId === declaredCredential && method !== 'GET'
      ? { what: 'route', observed: `${method ?? 'no'} method`, expected: 'GET only' }
      : null,
  owner: () => null,
};

/** Options of the detectors that say nothing by default. */
export const exampleOptions = {
  'wrong-audience': { audiences: [allowedAudience], issuers: [allowedIssuer] },
};

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
