import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { call, steady } from '../../detectors/examples/streams.ts';
import type { Alert } from '../../schemas/alert.ts';
import { listsConfig } from '../../schemas/config/engine.ts';
import type { UsageEvent } from '../../schemas/usage-event.ts';
import { yamlOf } from '../../src/cli/propose.ts';
import { deploymentOf } from '../../src/engine/deployment.ts';
import { ObservedUse } from '../../src/posture/observed-use.ts';
import { hoursOf, proposalOf } from '../../src/posture/proposal.ts';

const dayMs = 86_400_000;
const startMs = Date.UTC(2026, 0, 5);
const agents = ['orders-sync/2.1', 'orders-sync/2.2', 'report 7', 'curl/8.5.0'];

/** Working days of one credential: hours, networks, routes and scopes as drawn. */
const working = fc.record({
  from: fc.integer({ min: 0, max: 23 }),
  length: fc.integer({ min: 1, max: 17 }),
  asns: fc.uniqueArray(fc.integer({ min: 64_500, max: 64_510 }), { minLength: 1, maxLength: 3 }),
  clients: fc.uniqueArray(fc.constantFrom(...agents), { minLength: 1, maxLength: 3 }),
  routes: fc.uniqueArray(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 8 }),
  scopes: fc.uniqueArray(fc.constantFrom('orders:read', 'orders:write', 'admin'), { maxLength: 2 }),
  withoutAsn: fc.boolean(),
});

function* days(habit: typeof working extends fc.Arbitrary<infer H> ? H : never, count: number) {
  for (let n = 0; n < count * 60; n += 1) {
    const hour = habit.from + (n % habit.length);
    const pick = <T>(list: readonly T[]) => list[n % list.length] as T;
    yield call(startMs + Math.floor(n / 60) * dayMs + hour * 3_600_000 + n, {
      clientAsn: habit.withoutAsn ? null : pick(habit.asns),
      clientAddress: `198.51.100.${1 + pick(habit.asns) - 64_500}`,
      userAgent: pick(habit.clients),
      route: `GET /r${pick(habit.routes)}/{int}`,
      tokenScopes: habit.scopes,
    });
  }
}

function observe(events: Iterable<UsageEvent>): ObservedUse {
  const observed = new ObservedUse();
  for (const event of events) observed.see(event);
  return observed;
}

describe('a proposed declaration', () => {
  test('says where what was seen would stand for more than that', () => {
    const remarksOf = (fields: Partial<UsageEvent>) =>
      observe([call(startMs, fields), call(startMs + dayMs, fields)])
        .all()
        .flatMap((use) => proposalOf(use, 2)?.remarks ?? []);
    expect(remarksOf({ route: 'GET /*' })).toEqual(['* stands for any run of characters in: GET /*']);
    expect(remarksOf({ credentialId: 'consumer:*' }).join()).toContain('consumer:*');
    expect(remarksOf({})).toEqual([]);
  });

  test('loads, allows all it was made from, and nothing from elsewhere', () => {
    fc.assert(
      fc.property(working, (habit) => {
        const proposals = observe(days(habit, 5))
          .all()
          .flatMap((use) => proposalOf(use, 2) ?? []);
        expect(proposals).toHaveLength(1);
        const lists = listsConfig.parse(parse(yamlOf(proposals)).lists);
        const deployment = deploymentOf(lists, new Set());
        for (const event of days(habit, 5)) expect(deployment.breach(event)).toBeNull();
        const usual = [...days(habit, 1)][0] as UsageEvent;
        const elsewhere = { clientAsn: 65_000, clientAddress: '203.0.113.9' };
        expect(deployment.breach({ ...usual, ...elsewhere })?.what).toBe('network');
        expect(deployment.breach({ ...usual, userAgent: 'sqlmap/1.8' })?.what).toBe('client');
        expect(deployment.breach({ ...usual, route: 'GET /admin' })?.what).toBe('route');
        const later = { timestampMs: usual.timestampMs + habit.length * 3_600_000 };
        expect(deployment.breach({ ...usual, ...later })?.what).toBe('hour');
      }),
      { numRuns: 60 },
    );
  });

  test('leaves out what was done on a day with an alert, on one day only, or was refused', () => {
    const usual = [...steady({ days: 4, perHour: 4 })];
    const at = (day: number, fields: Partial<UsageEvent>) =>
      call(startMs + day * dayMs + 3_600_000, { clientAsn: 65_000, ...fields });
    const observed = observe([
      ...usual,
      at(1, { route: 'GET /export' }),
      at(2, { route: 'GET /export' }),
      at(3, { route: 'GET /once' }),
      at(0, { route: 'GET /denied', status: 403 }),
      at(3, { route: 'GET /denied', status: 401 }),
    ]);
    const alert = {
      credential: { id: 'key-1' },
      firstEventMs: startMs + dayMs,
      lastEventMs: startMs + 2 * dayMs + 5,
    } as Alert;
    observed.alerted(alert);
    const proposal = observed.all().map((use) => proposalOf(use, 2))[0];
    expect(proposal?.declared.routes).toEqual(['GET /orders/{int}']);
    expect(proposal?.declared.networks).toEqual(['AS64500']);
    expect(proposal?.remarks.join()).toMatch(/2 days with alerts/);
    expect(proposal?.remarks.join()).toMatch(/routes used on fewer than 2 days: GET \/once/);
    expect(yamlOf([proposal as NonNullable<typeof proposal>])).toMatch(
      /^ +# 2 days with alerts were left out$/m,
    );
  });

  test('is not made from a single day, nor of more values than anybody reads', () => {
    expect(proposalOf(observe(steady({ days: 1, perHour: 4 })).all()[0] as never, 2)).toBeNull();
    const wide = observe(
      steady({
        days: 3,
        perHour: 60,
        change: (n) => ({ clientAsn: 64_500 + (n % 90), route: `GET /a${n % 3}` }),
      }),
    );
    const proposal = wide.all().map((use) => proposalOf(use, 2))[0];
    expect(proposal?.declared.networks).toBeUndefined();
    expect(proposal?.remarks).toContain('networks: too many to declare');
    expect(proposal?.declared.routes).toHaveLength(3);
  });
});

describe('hoursOf()', () => {
  test.each([
    [[9, 10, 11], { from: 9, to: 12 }],
    [[22, 23, 0, 1], { from: 22, to: 2 }],
    [[23], { from: 23, to: 24 }],
    [[0, 6, 12, 18], null],
    [[], null],
  ])('%j → %j', (hours, expected) => {
    expect(hoursOf(hours)).toEqual(expected);
  });
});
