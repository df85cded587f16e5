import { describe, expect, test } from 'vitest';
import { call, endOf, startMs, steady } from '../../detectors/examples/streams.ts';
import { alert as alertSchema } from '../../schemas/alert.ts';
import { listsConfig } from '../../schemas/config/engine.ts';
import type { UsageEvent } from '../../schemas/usage-event.ts';
import { deploymentOf } from '../../src/engine/deployment.ts';
import type { Engine } from '../../src/engine/engine.types.ts';
import { alertVersion } from '../../src/sinks/clickhouse/rows.ts';
import { testEngine } from '../support/engine-for-tests.ts';
import { theft } from '../support/theft.ts';

function feed(engine: Engine, events: Iterable<UsageEvent>): void {
  let line = 0;
  for (const event of events) {
    line += 1;
    engine.process(event, event.timestampMs, 'test', { kind: 'file', path: 'test.log', line });
  }
}

describe('engine', () => {
  test('raises one explained alert for a theft and none before it', () => {
    const engine = testEngine();
    feed(engine, theft());
    const { alerts } = engine.drain();
    const ids = new Set(alerts.map(({ id }) => id));
    expect(ids.size).toBe(1);
    const last = alertSchema.parse(alerts.at(-1));
    expect(last.raisedAtMs).toBeGreaterThanOrEqual(endOf({ days: 5 }));
    expect(last.evidence.length).toBeGreaterThan(2);
    expect(last.examples.length).toBeGreaterThanOrEqual(3);
    expect(last.usual.clients).toEqual(['orders-sync/2.1']);
    expect(last.now.clients).toContain('curl/8.5 (new)');
    expect(last.trust).toBeLessThanOrEqual(25);
    expect(last.counterfactuals.join()).toMatch(/Without/);
  });

  test('gives the same output for the same input', () => {
    const outputs = [testEngine(), testEngine()].map((engine) => {
      feed(engine, theft());
      engine.finish();
      return JSON.stringify(engine.drain());
    });
    expect(outputs[0]).toBe(outputs[1]);
  });

  test('resolves an incident after quiet event time', () => {
    const engine = testEngine();
    feed(engine, theft());
    engine.drain();
    feed(engine, [call(endOf({ days: 5 }) + 3 * 3_600_000, { credentialId: 'another' })]);
    const { alerts } = engine.drain();
    expect(alerts.map(({ state }) => state)).toEqual(['resolved']);
  });

  test('tells of an event that breaks two rules once, so that no state is taken for a repeat', () => {
    const lists = listsConfig.parse({ inventory: [{ credential: 'key-9', decoy: true }] });
    const engine = testEngine({ deployment: deploymentOf(lists, new Set(['key-9'])) });
    for (let n = 0; n < 4; n += 1) feed(engine, [call(startMs + n, { credentialId: 'key-9' })]);
    const { alerts } = engine.drain();
    expect(alerts[0]?.detectors).toEqual(['revoked-accepted', 'decoy-credential']);
    expect(new Set(alerts.map(alertVersion)).size).toBe(alerts.length);
  });

  test('tells again what goes on after it was told to be over', () => {
    const revoked = new Set(['key-9']);
    const engine = testEngine({ deployment: deploymentOf(listsConfig.parse({}), revoked) });
    const used = (atMs: number) => call(startMs + atMs, { credentialId: 'key-9', status: 401 });
    const states = (events: readonly UsageEvent[]) => {
      feed(engine, events);
      return engine.drain().alerts.map(({ state }) => state);
    };
    expect(states([used(0), used(1), used(2)]).at(-1)).toBe('firing');
    expect(states([call(startMs + 2 * 3_600_000)])).toEqual(['resolved']);
    expect(states([used(3 * 3_600_000)])).toEqual(['firing']);
    expect(states([used(3 * 3_600_000 + 1)])).toEqual([]);
  });

  test.each([
    ['after a gap in the log', 3_600_000],
    ['when that takes two days', 2 * 24 * 3_600_000],
  ])('resolves each incident, %s', (_why, resolveAfterMs) => {
    const revoked = new Set(['key-9']);
    const engine = testEngine({ resolveAfterMs, deployment: deploymentOf(listsConfig.parse({}), revoked) });
    for (const hour of [0, 100, 200, 240])
      feed(engine, [call(startMs + hour * 3_600_000, { credentialId: 'key-9', status: 401 })]);
    feed(engine, [call(startMs + 300 * 3_600_000)]);
    const last = new Map(engine.drain().alerts.map(({ id, state }) => [id, state]));
    expect([...last.values()]).toEqual(new Array(last.size).fill('resolved'));
    expect(last.size).toBe(resolveAfterMs > 40 * 3_600_000 ? 3 : 4);
  });

  test('goes on after a restore as if it had never stopped', () => {
    const all = theft();
    const middle = all.length - 40;
    const whole = testEngine();
    feed(whole, all);

    const before = testEngine();
    feed(before, all.slice(0, middle));
    const stored = new Map<string, Uint8Array>();
    before.checkpoint({
      put: (key, value) => stored.set(key, value.slice()),
      remove: (key) => stored.delete(key),
    });
    const after = testEngine();
    after.restore(stored);
    feed(after, all.slice(middle));
    whole.finish();
    after.finish();
    const line = (engine: Engine) => engine.drain().scores.at(-1);
    expect(line(after)).toEqual(line(whole));
    expect(after.figures().thresholdBits).toBeCloseTo(whole.figures().thresholdBits, 9);
  });

  test('writes into a later checkpoint only what changed', () => {
    const engine = testEngine();
    feed(engine, steady({ days: 1, perHour: 4 }));
    engine.checkpoint({ put: () => undefined, remove: () => undefined });
    const records: string[] = [];
    feed(engine, [call(endOf({ days: 1 }) + 1000, { credentialId: 'key-2' })]);
    engine.checkpoint({
      put: (key) => key.startsWith('record/') && records.push(key),
      remove: () => undefined,
    });
    expect(records).toHaveLength(1);
  });

  test('judges a repeated delivery of one request once', () => {
    const engine = testEngine();
    const event = call(endOf({ days: 1 }), { httpRequestId: 'r-1' });
    expect(engine.process(event, event.timestampMs, 'p', null)).toBe('on-time');
    expect(engine.process(event, event.timestampMs, 'p', null)).toBe('duplicate');
    const other = call(endOf({ days: 1 }), { httpRequestId: 'r-1', path: '/orders/2' });
    expect(engine.process(other, other.timestampMs, 'p', null)).toBe('on-time');
  });

  test('moves a score by less than half a bit when an unrelated credential comes first', () => {
    const a = [...steady({ days: 3, perHour: 6 })];
    const b = a.map((event) => ({
      ...event,
      credentialId: 'key-2',
      clientAddress: '192.0.2.77',
      objectId: `b${event.objectId}`,
    }));
    const score = (events: UsageEvent[]) => {
      const engine = testEngine();
      feed(engine, events);
      engine.finish();
      return engine
        .drain()
        .scores.filter((line) => line['credential.id'] === 'key-1')
        .at(-1)?.score_bits;
    };
    const interleaved = a.flatMap((event, n) => [event, b[n] as UsageEvent]);
    const swapped = a.flatMap((event, n) => [b[n] as UsageEvent, event]);
    expect(score(interleaved)).toBeCloseTo(score(swapped) as number, 0);
  });

  test('holds as many records as configured and counts what it drops', () => {
    const engine = testEngine({ maxCredentials: 50 });
    feed(
      engine,
      Array.from({ length: 200 }, (_, n) => call(endOf({ days: 1 }) + n, { credentialId: `key-${n}` })),
    );
    expect(engine.figures()).toMatchObject({ credentials: 50, evictedFull: 150 });
  });
});
