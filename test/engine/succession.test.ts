import { describe, expect, test } from 'vitest';
import { call, endOf, steady } from '../../detectors/examples/streams.ts';
import type { UsageEvent } from '../../schemas/usage-event.ts';
import type { Engine } from '../../src/engine/engine.types.ts';
import { testEngine } from '../support/engine-for-tests.ts';

const minuteMs = 60_000;
const habit = { days: 6, perHour: 12 };
const consumer = { consumerId: 'orders-sync', organizationId: 'acme' };

function feed(engine: Engine, events: Iterable<UsageEvent>, of: Partial<UsageEvent> = consumer): void {
  for (const event of events) engine.process({ ...event, ...of }, event.timestampMs, 'test', null);
}

/** An hour of the same work with the new key. */
function* rotated(fields: Partial<UsageEvent> = {}): Generator<UsageEvent> {
  for (let n = 0; n < 12; n += 1)
    yield call(endOf(habit) + (n + 1) * 5 * minuteMs, {
      credentialId: 'key-2',
      objectId: `${1000 + n}`,
      objectNumber: 1000 + n,
      ...fields,
    });
}

function scoreOf(engine: Engine, credential: string): number {
  engine.finish();
  const lines = engine.drain().scores.filter((line) => line['credential.id'] === credential);
  return Math.max(...lines.map(({ score_bits }) => score_bits));
}

describe('a rotated key', () => {
  test('goes on with what was learnt of the old one', () => {
    const engine = testEngine();
    feed(engine, steady(habit));
    feed(engine, rotated());
    expect(engine.figures().inherited).toBe(1);
    expect(engine.figures().credentials).toBe(1);
    const cold = testEngine();
    feed(cold, steady(habit));
    feed(cold, rotated(), { consumerId: null });
    expect(cold.figures().inherited).toBe(0);
    expect(scoreOf(engine, 'key-2')).toBeLessThan(scoreOf(cold, 'key-2'));
  });

  test('is read against its owner when a thief still uses the old one', () => {
    const engine = testEngine();
    feed(engine, steady(habit));
    feed(engine, rotated());
    const before = engine.drain().alerts.length;
    const thief = { clientAddress: '203.0.113.9', clientAsn: 64_999, userAgent: 'curl/8.5' };
    for (let n = 0; n < 60; n += 1)
      feed(engine, [
        call(endOf(habit) + (61 + n) * minuteMs, {
          ...thief,
          objectId: `${9_000 + n}`,
          objectNumber: 9_000 + n,
        }),
      ]);
    const { alerts } = engine.drain();
    expect(before).toBe(0);
    expect(alerts[0]?.credential.id).toBe('key-1');
  });

  test('has one incident for as long as it lasts, whatever the other key is used for', () => {
    const engine = testEngine({ scores: false });
    feed(engine, steady(habit));
    feed(engine, rotated());
    const from = endOf(habit) + 61 * minuteMs;
    for (let n = 0; n < 600; n += 1) {
      const taken = { objectId: `${1000 + n}`, responseBytes: 90_000 };
      feed(engine, [call(from + n * 1000, taken)]);
      if (n % 53 === 52) feed(engine, [call(from + n * 1000 + 300, { credentialId: 'key-2' })]);
    }
    const { alerts } = engine.drain();
    const ofOld = alerts.filter(({ credential }) => credential.id === 'key-1');
    expect(new Set(ofOld.map(({ id }) => id)).size).toBe(1);
  });

  test.each([
    ['another network', { clientAddress: '203.0.113.9' }],
    ['another client', { userAgent: 'curl/8.5' }],
    ['an address nobody logged', { clientAddress: null }],
    ['another kind of credential', { credentialType: 'jwt' as const }],
    ["another consumer's", { consumerId: 'somebody-else' }],
    ['only claimed', { credentialId: 'unverified:1f', status: 401 }],
  ])('inherits nothing: %s', (_why, fields) => {
    const engine = testEngine();
    feed(engine, steady(habit));
    feed(engine, rotated(), { ...consumer, ...fields });
    expect(engine.figures().inherited).toBe(0);
    expect(engine.figures().credentials).toBe(2);
  });

  test('inherits nothing where a consumer has several keys, or hardly used the first', () => {
    const several = testEngine();
    feed(several, steady(habit));
    feed(several, [call(endOf(habit), { credentialId: 'key-3', userAgent: 'other/1' })]);
    feed(several, rotated());
    expect(several.figures().inherited).toBe(0);
    const young = testEngine();
    feed(young, [call(endOf(habit))]);
    feed(young, rotated());
    expect(young.figures().inherited).toBe(0);
  });

  test('is still the same after a restart', () => {
    const first = testEngine();
    feed(first, steady(habit));
    feed(first, rotated());
    const stored = new Map<string, Uint8Array>();
    first.checkpoint({
      put: (key, value) => stored.set(key, value.slice()),
      remove: (key) => stored.delete(key),
    });
    const second = testEngine();
    second.restore([...stored].sort(([a], [b]) => (a < b ? -1 : 1)));
    feed(second, [call(endOf(habit) + 62 * minuteMs, { credentialId: 'key-2' })]);
    expect(second.figures().credentials).toBe(1);
  });
});

describe('a rotated hash key', () => {
  const nobody = { consumerId: null, organizationId: null };
  const once = { credentialFormerId: 'key-1', clientAddress: '203.0.113.9' };

  test('gives a credential another id and the same record, wherever it is used from', () => {
    const engine = testEngine();
    feed(engine, steady(habit), nobody);
    feed(engine, rotated(), { ...nobody, ...once });
    expect(engine.figures()).toMatchObject({ credentials: 1, inherited: 1 });
    // And once more: the link goes to the record, not to the id between.
    feed(engine, rotated(), { ...nobody, credentialId: 'key-3', credentialFormerId: 'key-2' });
    expect(engine.figures()).toMatchObject({ credentials: 1, inherited: 2 });
    // The key before is dropped.
    feed(engine, rotated(), { ...nobody, credentialId: 'key-3' });
    expect(engine.figures()).toMatchObject({ credentials: 1, inherited: 2 });
  });

  test('links nothing where the id before is not known', () => {
    const engine = testEngine();
    feed(engine, steady(habit), nobody);
    feed(engine, rotated(), { ...nobody, credentialFormerId: 'somebody' });
    expect(engine.figures()).toMatchObject({ credentials: 2, inherited: 0 });
  });

  test('makes no object new that is known by its id before', () => {
    const objects = (of: (n: number) => Partial<UsageEvent>) => {
      const engine = testEngine();
      feed(engine, steady(habit), nobody);
      for (let n = 0; n < 200; n += 1)
        feed(engine, [call(endOf(habit) + n * 1_000, { objectId: `o-${n}`, objectNumber: null })]);
      for (let n = 0; n < 200; n += 1)
        feed(engine, [call(endOf(habit) + 180 * minuteMs + n * 1_000, { objectNumber: null, ...of(n) })]);
      engine.finish();
      const lines = engine.drain().scores;
      return lines.at(-1)?.families['scraping'] ?? 0;
    };
    const same = objects((n) => ({ objectId: `o-${n}` }));
    expect(objects((n) => ({ objectId: `p-${n}`, objectFormerId: `o-${n}` }))).toBe(same);
    expect(objects((n) => ({ objectId: `p-${n}` }))).toBeGreaterThan(same);
  });
});
