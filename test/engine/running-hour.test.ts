import { describe, expect, test } from 'vitest';
import { call, endOf, steady } from '../../detectors/examples/streams.ts';
import type { Model } from '../../schemas/model.ts';
import type { UsageEvent } from '../../schemas/usage-event.ts';
import type { Engine } from '../../src/engine/engine.types.ts';
import { runningMarginBits } from '../../src/engine/running-hour.ts';
import { plainModel, testEngine } from '../support/engine-for-tests.ts';

const hourMs = 3_600_000;
const minuteMs = 60_000;
const habit = { days: 5, perHour: 12 };
const strangeHourMs = endOf(habit);

/** Somebody else's client for ten minutes of an hour, then the owner's usual requests until the hour is over. */
function* strangeHour(): Generator<UsageEvent> {
  yield* steady(habit);
  for (let n = 0; n < 6; n += 1)
    yield call(strangeHourMs + n * 2 * minuteMs, {
      userAgent: 'curl/8.5',
      path: `/orders/${9_000 + n}`,
      objectId: `${9_000 + n}`,
      objectNumber: 9_000 + n,
    });
  for (let n = 1; n < 9; n += 1) yield call(strangeHourMs + 12 * minuteMs + n * 5 * minuteMs);
}

/** Two refused requests at the start of an hour, among ever more that are not. */
function* calmingHour(): Generator<UsageEvent> {
  yield* steady(habit);
  for (let n = 0; n < 60; n += 1) yield call(strangeHourMs + n * 50_000, { status: n < 2 ? 404 : 200 });
}

const later = (afterMs: number) => call(strangeHourMs + hourMs + afterMs, { credentialId: 'key-2' });

function feed(engine: Engine, events: Iterable<UsageEvent>): void {
  for (const event of events) engine.process(event, event.timestampMs, 'test', null);
}

function engineAt(startThresholdBits: number, options?: Parameters<typeof testEngine>[0]): Engine {
  // So few alerts a day that the threshold stays where it starts.
  return testEngine({ model: plainModel(startThresholdBits), alertsPerDay: 1e-6, ...options });
}

/** Only the share of failed requests counts: it falls again when others follow. */
function byErrorShare(startThresholdBits: number): Model {
  const plain = plainModel(startThresholdBits);
  const skip = [...plain.featureNames.map((name) => (name === 'client-error-share' ? 3 : 0)), 0, 0, 0];
  return { ...plain, networks: plain.networks.map((network) => ({ ...network, skip })) };
}

/** What the last hour of these events scored: at its loudest running moment, and when it closed. */
function bitsOf(
  events: () => Iterable<UsageEvent>,
  modelAt: (bits: number) => Model = plainModel,
): { loudest: number; close: number } {
  let loudest = Number.NEGATIVE_INFINITY;
  let close = Number.NEGATIVE_INFINITY;
  const engine = engineAt(30, {
    model: modelAt(30),
    trace: ({ hour, moment, scoreBits, credentialId }) => {
      if (credentialId !== 'key-1' || hour !== Math.floor(strangeHourMs / hourMs)) return;
      if (moment === 'close') close = scoreBits;
      else loudest = Math.max(loudest, scoreBits + runningMarginBits);
    },
  });
  feed(engine, events());
  engine.finish();
  return { loudest, close };
}

describe('an hour over the threshold by less than the margin', () => {
  const { close } = bitsOf(strangeHour);
  const thresholdBits = close - runningMarginBits / 2;

  test('is not told while it runs, and told once when it has ended, by whoever comes next', () => {
    const engine = engineAt(thresholdBits);
    feed(engine, strangeHour());
    expect(engine.drain().alerts).toEqual([]);
    feed(engine, [later(minuteMs)]);
    expect(engine.drain().alerts).toEqual([]);
    feed(engine, [later(4 * minuteMs)]);
    const { alerts } = engine.drain();
    expect(alerts).toHaveLength(1);
    expect(alerts[0]).toMatchObject({
      state: 'firing',
      credential: { id: 'key-1' },
      raisedAtMs: strangeHourMs + hourMs,
      now: { clients: expect.arrayContaining(['curl/8.5 (new)']) },
    });
    expect(alerts[0]?.scoreBits).toBeCloseTo(close, 1);
    expect(alerts[0]?.evidence.length).toBeGreaterThan(1);
    expect(engine.figures().findings.size).toBeGreaterThan(0);
    feed(engine, [later(6 * minuteMs), later(8 * minuteMs)]);
    expect(engine.drain().alerts).toEqual([]);
  });

  test("is told when the credential's own next hour begins", () => {
    const engine = engineAt(thresholdBits);
    feed(engine, strangeHour());
    feed(engine, [call(strangeHourMs + hourMs)]);
    expect(engine.drain().alerts).toHaveLength(1);
  });

  test('is told when the input ends', () => {
    const engine = engineAt(thresholdBits);
    feed(engine, strangeHour());
    engine.finish();
    expect(engine.drain().alerts.map(({ state }) => state)).toContain('firing');
  });

  test('is not forgotten by a restart', () => {
    const before = engineAt(thresholdBits);
    feed(before, strangeHour());
    const stored = new Map<string, Uint8Array>();
    before.checkpoint({
      put: (key, value) => stored.set(key, value.slice()),
      remove: (key) => stored.delete(key),
    });
    const after = engineAt(thresholdBits);
    after.restore(stored);
    feed(after, [later(4 * minuteMs)]);
    feed(before, [later(4 * minuteMs)]);
    const told = after.drain().alerts;
    expect(told).toHaveLength(1);
    expect(JSON.stringify(told)).toBe(JSON.stringify(before.drain().alerts));
  });

  test('counts as no open incident before it is told', () => {
    const engine = engineAt(thresholdBits);
    feed(engine, strangeHour());
    expect(engine.figures().incidentsOpen).toBe(0);
    feed(engine, [later(4 * minuteMs)]);
    expect(engine.figures().incidentsOpen).toBe(1);
  });
});

test('an hour over the threshold by more than the margin is told at once', () => {
  const engine = engineAt(bitsOf(strangeHour).close - runningMarginBits - 3);
  feed(engine, strangeHour());
  const { alerts } = engine.drain();
  expect(alerts[0]?.raisedAtMs).toBeLessThan(strangeHourMs + hourMs);
});

test('an hour that was loud for a moment and calms down is not told', () => {
  const { loudest, close } = bitsOf(calmingHour, byErrorShare);
  // What it closed with was less still.
  expect(close).toBeCloseTo(loudest - runningMarginBits, 6);
  const model = byErrorShare(loudest - runningMarginBits / 2);
  const engine = engineAt(0, { model });
  feed(engine, calmingHour());
  expect(engine.figures().incidentsOpen).toBe(0);
  feed(engine, [later(4 * minuteMs)]);
  engine.finish();
  expect(engine.drain().alerts).toEqual([]);
});
