import { describe, expect, test } from 'vitest';
import { call, endOf, steady } from '../../detectors/examples/streams.ts';
import type { UsageEvent } from '../../schemas/usage-event.ts';
import { plainModel, testEngine } from '../support/engine-for-tests.ts';

const habit = { days: 3, perHour: 6 };

/** A stranger without a credential tries twenty routes; what the gateway answers. */
function* scanner(status: number): Generator<UsageEvent> {
  yield* steady(habit);
  for (let n = 0; n < 20; n += 1)
    yield call(endOf(habit) + n * 1_000, {
      credentialId: 'anon:203.0.113.9 curl',
      credentialType: 'anonymous',
      clientAddress: '203.0.113.9',
      clientAsn: 64_999,
      userAgent: 'curl/8.5',
      route: `GET /things/${n}`,
      path: `/things/${n}`,
      objectId: null,
      objectNumber: null,
      status,
      outcome: status < 400 ? 'success' : 'failure',
    });
}

/** Who was told of. */
function told(events: Iterable<UsageEvent>): Set<string> {
  const engine = testEngine({ model: plainModel(2) });
  for (const event of events) engine.process(event, event.timestampMs, 'p', null);
  engine.finish();
  return new Set(engine.drain().alerts.map(({ credential }) => credential.id));
}

describe('a stranger without a credential', () => {
  test.each([401, 403])('is no alert while every call is refused with %i', (status) => {
    expect(told(scanner(status))).not.toContain('anon:203.0.113.9 curl');
  });

  test('is one when calls are let through', () => {
    expect(told(scanner(200))).toContain('anon:203.0.113.9 curl');
  });

  test('is one when the refused calls end with one that is let through', () => {
    const tries = [...scanner(403)];
    const last = tries.at(-1) as UsageEvent;
    const opened = { ...last, eventId: 'opened', timestampMs: last.timestampMs + 1_000, status: 200 };
    expect(told([...tries, { ...opened, outcome: 'success' as const }])).toContain('anon:203.0.113.9 curl');
  });
});

test('a known credential whose calls are refused is judged as ever', () => {
  const refused = [...scanner(403)].map((event) =>
    event.credentialType === 'anonymous'
      ? { ...event, credentialId: 'key-1', credentialType: 'api_key' as const }
      : event,
  );
  expect(told(refused)).toContain('key-1');
});
