import { expect, test } from 'vitest';
import { call, endOf, steady } from '../../detectors/examples/streams.ts';
import type { Alert } from '../../schemas/alert.ts';
import type { UsageEvent } from '../../schemas/usage-event.ts';
import { testEngine } from '../support/engine-for-tests.ts';

const habit = { days: 8, perHour: 12 };
const minuteMs = 60_000;
const thief: Partial<UsageEvent> = {
  clientAddress: '203.0.113.9',
  clientAsn: 64_999,
  clientCountry: 'BR',
  userAgent: 'curl/8.5',
};

/** The owner goes on after its habit, two calls a minute; `other` comes between them and ends hours before the owner does. */
function toldAtLast(other: Partial<UsageEvent>): Alert {
  const engine = testEngine();
  const feed = (event: UsageEvent) => engine.process(event, event.timestampMs, 'test', null);
  for (const event of steady(habit)) feed(event);
  const start = endOf(habit);
  for (let n = 0; n < 20; n += 1) {
    feed(call(start + n * minuteMs));
    feed(call(start + n * minuteMs + 20_000));
    feed(call(start + n * minuteMs + 40_000, { eventId: `other-${n}`, ...other }));
  }
  for (let n = 0; n < 36; n += 1) feed(call(start + (60 + n * 10) * minuteMs));
  feed(call(start + 900 * minuteMs, { credentialId: 'another' }));
  const alert = engine.drain().alerts.at(-1);
  if (alert === undefined) throw new Error('no alert');
  return alert;
}

test("the examples of a theft are the thief's calls, though the owner was before, between and after them", () => {
  const { examples, firstEventMs } = toldAtLast(thief);
  expect(examples).toHaveLength(5);
  expect([...new Set(examples.map(({ event }) => event['client.address']))]).toEqual(['203.0.113.9']);
  expect(firstEventMs).toBe(endOf(habit) + 40_000);
});

test('the examples of a broken rule are the calls that broke it', () => {
  const expired = { tokenId: 't-1', tokenExpiresAtMs: endOf(habit) - 24 * 60 * minuteMs };
  const { kind, examples } = toldAtLast(expired);
  expect(kind).toBe('violation');
  expect(examples).toHaveLength(5);
  expect([...new Set(examples.map(({ event }) => event['token.id']))]).toEqual(['t-1']);
});
