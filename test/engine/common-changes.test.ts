import { describe, expect, test } from 'vitest';
import { call, endOf, steadyOf } from '../../detectors/examples/streams.ts';
import { type Alert, alert as alertSchema } from '../../schemas/alert.ts';
import type { UsageEvent } from '../../schemas/usage-event.ts';
import { alertText } from '../../src/alerting/alert-text.ts';
import type { Engine } from '../../src/engine/engine.types.ts';
import { plainModel, testEngine } from '../support/engine-for-tests.ts';

const minuteMs = 60_000;
const fleet = 40;
const habit = { days: 8, perHour: 1 };
const from = endOf(habit) + minuteMs;

/** No score of a single credential is enough to be told: what is told is what they show together. */
const blunt = () => testEngine({ model: plainModel(300) });

const home = (c: number): Partial<UsageEvent> => ({
  credentialId: `key-${c}`,
  clientAddress: `198.51.${c % 20}.7`,
  clientAsn: 64_500 + (c % 20),
  ja4: 't13d1516h2_aaaaaaaaaaaa_bbbbbbbbbbbb',
});

/** A fleet with a week of habit, and then what each credential does that day besides its habit. */
function play(change: (c: number) => Partial<UsageEvent> | null, engine = blunt(), size = fleet) {
  const events = Array.from({ length: size }, (_, c) => [
    ...[...steadyOf(`key-${c}`, { ...habit, days: habit.days + 1 })].map((event) => ({
      ...event,
      ...home(c),
      timestampMs: event.timestampMs + c * 1000,
      eventId: `${event.eventId}-${c}`,
    })),
    ...[0, 1, 2].flatMap((n) => {
      const fields = change(c);
      if (fields === null) return [];
      return [call(from + c * 5 * minuteMs + n * 1000, { ...home(c), eventId: `new-${c}-${n}`, ...fields })];
    }),
  ]).flat();
  events.sort((a, b) => a.timestampMs - b.timestampMs);
  return { alerts: run(engine, events), events, engine };
}

function run(engine: Engine, events: readonly UsageEvent[]): readonly Alert[] {
  for (const event of events) engine.process(event, event.timestampMs, 'test', null);
  engine.finish();
  return engine.drain().alerts;
}

const changesOf = (alerts: readonly Alert[]) => alerts.filter(({ kind }) => kind === 'change');
const idsOf = (alerts: readonly Alert[]) => new Set(alerts.map(({ id }) => id));

/** One thief with every key, from one network that nobody used before, with a client of his own. */
const theft = () => ({ clientAddress: '203.0.113.9', clientAsn: 64_999, clientAsName: 'Rare Hosting' });

describe('many keys in the hands of one thief', () => {
  const { alerts, events } = play(theft);
  const changes = changesOf(alerts);

  test('are told of once, though the score of each stays below the threshold', () => {
    expect(changes).toHaveLength(alerts.length);
    expect(idsOf(changes).size).toBe(1);
  });

  test('are not told of a second time when a campaign of their incidents names them', () => {
    const told = play(theft, testEngine()).alerts;
    expect(idsOf(told.filter(({ kind }) => kind === 'group')).size).toBe(1);
    expect(changesOf(told)).toEqual([]);
  });

  test('are told at five and at each doubling, and resolved when it is quiet', () => {
    expect(changes.map(({ state, evidence }) => [state, evidence[0]?.observed])).toEqual([
      ['firing', 5],
      ['firing', 10],
      ['firing', 20],
      ['firing', 40],
      ['resolved', 40],
    ]);
  });

  test('are told with what they share, how many, how few were expected, and what to do', () => {
    const last = alertSchema.parse(changes.at(-1));
    expect(last.title).toBe('Common change: 40 credentials with one new network AS64999 Rare Hosting');
    expect(last.severity).toBe('medium');
    expect(last.family).toBe('replay');
    expect(last.detectors).toEqual(['common-change']);
    expect(last.members).toHaveLength(39);
    expect(last.members).not.toContain(last.credential.id);
    expect(last.evidence[0]?.expected).toBeLessThan(0.1);
    expect(last.scoreBits).toBeGreaterThan(last.thresholdBits);
    expect(last.normalWouldBe).toContain('fewer than 0.1 credentials');
    expect(last.actions[0]).toMatch(/block it/);
    expect(last.runbook).toBe('https://example.com/runbooks/common-change');
    expect(last.examples).toHaveLength(3);
    expect(alertText(last)).toContain('one new network AS64999 Rare Hosting');
  });

  test('weigh more when they come with one new client', () => {
    const worse = changesOf(play(() => ({ ...theft(), userAgent: 'curl/8.5', ja4: null })).alerts);
    expect(idsOf(worse).size).toBe(1);
    expect(worse.at(-1)?.severity).toBe('high');
    expect(worse.at(-1)?.evidence.map(({ feature }) => feature)).toEqual(
      expect.arrayContaining(['one-new-client', 'one-new-network']),
    );
  });

  test('are seen by their number when each comes from a network of its own', () => {
    const spread = (c: number) => ({ clientAddress: `203.${c}.113.9`, clientAsn: 65_000 + c });
    const changes = changesOf(play(spread).alerts);
    expect(idsOf(changes).size).toBe(1);
    expect(changes.at(-1)?.evidence[0]?.feature).toBe('many-new-network');
    expect(changes.at(-1)?.severity).toBe('medium');
  });

  test('are told of in the same bytes after a restart in the middle, and again from the start', () => {
    expect(JSON.stringify(run(blunt(), events))).toBe(JSON.stringify(alerts));
    const middle = events.findIndex(({ timestampMs }) => timestampMs > from + 70 * minuteMs);
    const before = blunt();
    for (const event of events.slice(0, middle)) before.process(event, event.timestampMs, 'test', null);
    const stored = new Map<string, Uint8Array>();
    before.checkpoint({ put: (key, value) => stored.set(key, value), remove: (key) => stored.delete(key) });
    const after = blunt();
    after.restore(stored);
    const told = [...before.drain().alerts, ...run(after, events.slice(middle))];
    expect(JSON.stringify(changesOf(told))).toBe(JSON.stringify(changes));
  });
});

describe('a change that is nobody else', () => {
  test('is one alert of low severity when the whole fleet takes another client at home', () => {
    const { alerts } = play(() => ({ ja4: 't13d1516h2_cccccccccccc_dddddddddddd' }));
    expect(idsOf(alerts).size).toBe(1);
    expect(alerts.at(-1)?.kind).toBe('change');
    expect(alerts.at(-1)?.severity).toBe('low');
    expect(alerts.at(-1)?.evidence[0]?.observed).toBe(fleet);
  });

  test('is one alert of low severity when a release brings several operations', () => {
    let n = 0;
    const changes = changesOf(play(() => ({ route: `GET /v2/orders/${'abcd'[n++ % 4]}` })).alerts);
    expect(idsOf(changes).size).toBe(1);
    expect(changes.at(-1)?.severity).toBe('low');
    expect(changes.at(-1)?.family).toBe('out-of-pattern');
  });

  test('is one alert when one TLS library is replaced under three programs', () => {
    const changes = changesOf(
      play((c) => ({ userAgent: `${'abc'[c % 3]}-client/1`, ja4: 't13d1516h2_cccccccccccc_dddddddddddd' }))
        .alerts,
    );
    expect(idsOf(changes).size).toBe(1);
    expect(changes.at(-1)?.severity).toBe('low');
    expect(changes.at(-1)?.evidence).toHaveLength(3);
    expect(changes.at(-1)?.events).toBe(fleet);
  });

  test('is an alert for each of two services that are released on one day', () => {
    const changes = changesOf(
      play((c) => ({ host: `${'ab'[c % 2]}.example.com`, route: `GET /${'ab'[c % 2]}/v2/orders` })).alerts,
    );
    expect(idsOf(changes).size).toBe(2);
  });

  test('is no alert when few show it, or nobody', () => {
    expect(changesOf(play(() => null).alerts)).toEqual([]);
    expect(changesOf(play((c) => (c < 4 ? theft() : null)).alerts)).toEqual([]);
  });

  test('is no alert when the credentials are too new to have habits', () => {
    const engine = blunt();
    const events = Array.from({ length: 40 }, (_, c) => [
      call(from + c * 1000, { ...home(c), eventId: `a-${c}` }),
      call(from + 3_600_000 + c * 1000, { ...home(c), ...theft(), eventId: `b-${c}` }),
    ]).flat();
    events.sort((a, b) => a.timestampMs - b.timestampMs);
    expect(changesOf(run(engine, events))).toEqual([]);
  });
});

describe('releases day after day', () => {
  test('are held to a few new alerts a day, and what is held back is counted', () => {
    // Six groups of credentials, each with a client of its own new on the same day.
    const { alerts, engine } = play(
      (c) => ({ userAgent: `${'abcdef'[Math.floor(c / 7)]}-client/1`, ja4: null }),
      blunt(),
      42,
    );
    expect(idsOf(changesOf(alerts)).size).toBe(3);
    expect(engine.figures().changesWithheld).toBe(3);
  });
});
