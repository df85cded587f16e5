import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { call, steady } from '../../detectors/examples/streams.ts';
import { type Alert, alert as alertSchema } from '../../schemas/alert.ts';
import { emptyUsageEvent, type UsageEvent } from '../../schemas/usage-event.ts';
import { isNotice } from '../../src/alerting/notice.ts';
import { Campaigns, type Link } from '../../src/engine/campaigns.ts';
import { Incidents } from '../../src/engine/incidents.ts';
import { testEngine } from '../support/engine-for-tests.ts';

const hourMs = 3_600_000;
const network: Link = { what: 'network', hash: 77, name: '203.0.113.0/24' };

function incident(credentialId: string, timeMs: number) {
  const event = { ...emptyUsageEvent(), credentialId, eventId: credentialId, timestampMs: timeMs };
  return new Incidents(hourMs).open(event, 'behavioural', 8);
}

describe('Campaigns', () => {
  test('join incidents of three credentials that share something new, not of two', () => {
    const campaigns = new Campaigns();
    expect(campaigns.join(incident('a', 1), [network], 1)).toBeNull();
    expect(campaigns.join(incident('b', 2), [network], 2)).toBeNull();
    expect(campaigns.join(incident('b', 3), [network], 3)).toBeNull();
    const campaign = campaigns.join(incident('c', 4), [network], 4);
    expect(campaign?.members).toEqual(['a', 'b', 'c']);
    expect(campaigns.join(incident('d', 5), [{ ...network, hash: 78 }], 5)).toBeNull();
    expect(campaigns.join(incident('d', 5), [], 5)).toBeNull();
  });

  test('forget what lies more than six hours back', () => {
    const campaigns = new Campaigns();
    campaigns.join(incident('a', 0), [network], 0);
    campaigns.join(incident('b', 0), [network], 0);
    expect(campaigns.join(incident('c', 0), [network], 7 * hourMs)).toBeNull();
  });

  test('are news at three members and at each doubling, however many join', () => {
    const campaigns = new Campaigns();
    const told: number[] = [];
    for (let n = 0; n < 1_000; n += 1) {
      const campaign = campaigns.join(incident(`key-${n}`, n), [network], n);
      if (campaign === null || !campaigns.isNews(campaign)) continue;
      campaign.toldMembers = campaign.members.length + campaign.unlisted;
      told.push(campaign.toldMembers);
    }
    expect(told.slice(0, 4)).toEqual([3, 6, 12, 24]);
    expect(told.length).toBeLessThan(11);
  });

  test('are news again when they go on after they were told to be over', () => {
    const campaigns = new Campaigns();
    for (const id of ['a', 'b']) campaigns.join(incident(id, 0), [network], 0);
    const campaign = campaigns.join(incident('c', 0), [network], 0);
    if (campaign === null) throw new Error('three make a campaign');
    campaign.toldMembers = 3;
    expect(campaigns.resolveQuiet(hourMs, hourMs)).toEqual([campaign]);
    expect(campaigns.join(incident('d', 2 * hourMs), [network], 2 * hourMs)).toBe(campaign);
    expect(campaigns.isNews(campaign)).toBe(true);
  });

  test('are told to be over when another begins with the same thing before anybody looked', () => {
    const campaigns = new Campaigns();
    for (const id of ['a', 'b']) campaigns.join(incident(id, 0), [network], 0);
    const first = campaigns.join(incident('c', 0), [network], 0);
    campaigns.join(incident('d', 9 * hourMs), [network], 9 * hourMs);
    const restarted = new Campaigns();
    restarted.fromJson(JSON.parse(JSON.stringify(campaigns.toJson())));
    expect(restarted.resolveQuiet(9 * hourMs, hourMs).map(({ id }) => id)).toEqual([first?.id]);
    expect(restarted.resolveQuiet(30 * hourMs, hourMs)).toEqual([]);
  });

  test('count each member once, also those that are not listed', () => {
    const campaigns = new Campaigns();
    let campaign: ReturnType<Campaigns['join']> = null;
    for (let n = 0; n < 600; n += 1) campaign = campaigns.join(incident(`key-${n % 300}`, n), [network], n);
    expect(campaign?.members).toHaveLength(200);
    expect(campaign?.unlisted).toBe(100);
  });

  test('keep a bounded number of trails, and count what they drop', () => {
    const campaigns = new Campaigns();
    for (let n = 0; n < 6_000; n += 1) campaigns.join(incident('a', 0), [{ ...network, hash: n + 1 }], 0);
    expect(campaigns.toJson().length).toBeLessThanOrEqual(5_000);
    expect(campaigns.evictions).toBe(1_000);
  });

  test('have the same members whatever the order of unrelated incidents, and after a restart', () => {
    const arrivals = fc.array(fc.tuple(fc.nat(9), fc.integer({ min: 1, max: 4 })), { maxLength: 40 });
    fc.assert(
      fc.property(arrivals, (list) => {
        const all = new Campaigns();
        let restarted = new Campaigns();
        list.forEach(([who, hash], n) => {
          const link = { ...network, hash };
          const one = all.join(incident(`key-${who}`, n), [link], n);
          const next = new Campaigns();
          next.fromJson(JSON.parse(JSON.stringify(restarted.toJson())));
          restarted = next;
          const other = restarted.join(incident(`key-${who}`, n), [link], n);
          expect(other).toEqual(one);
        });
        for (const hash of [1, 2, 3, 4]) {
          const own = new Campaigns();
          list.forEach(([who, of], n) => {
            if (of === hash) own.join(incident(`key-${who}`, n), [{ ...network, hash }], n);
          });
          const trail = (campaigns: Campaigns) =>
            campaigns.toJson().filter((entry) => (entry as [string])[0] === `network ${hash}`);
          expect(trail(own)).toEqual(trail(all));
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe('an engine', () => {
  /** Twelve credentials with a week of habit; then one thief with all of them, minutes apart. */
  function spree(): readonly Alert[] {
    const engine = testEngine({ alertsPerDay: 20 });
    const habit = { days: 6, perHour: 6 };
    const events: UsageEvent[] = Array.from({ length: 12 }, (_, c) =>
      [...steady(habit)].map((event) => ({
        ...event,
        credentialId: `key-${c}`,
        eventId: `${event.eventId}-${c}`,
        clientAddress: `198.51.${c}.7`,
      })),
    ).flat();
    const from = Math.max(...events.map(({ timestampMs }) => timestampMs));
    for (let n = 0; n < 12 * 30; n += 1) {
      const c = Math.floor(n / 30);
      events.push(
        call(from + 60_000 + n * 10_000, {
          credentialId: `key-${c}`,
          eventId: `theft-${n}`,
          clientAddress: '203.0.113.9',
          clientAsn: 64_999,
          userAgent: 'curl/8.5',
          objectId: `${50_000 + n}`,
          objectNumber: 50_000 + n,
        }),
      );
    }
    events.sort((a, b) => a.timestampMs - b.timestampMs);
    for (const event of events) engine.process(event, event.timestampMs, 'test', null);
    engine.finish();
    return engine.drain().alerts;
  }

  const alerts = spree();
  const byId = new Map(alerts.map((alert) => [alert.id, alert]));

  test('calls for a thief with many credentials a few times, not for each of them', () => {
    const stolen = [...byId.values()].filter(({ kind }) => kind === 'behavioural');
    expect(new Set(stolen.map(({ credential }) => credential.id)).size).toBe(12);
    expect(stolen.filter(isNotice)).toHaveLength(2);
    const groups = [...byId.values()].filter(({ kind }) => kind === 'group');
    expect(groups).toHaveLength(1);
    expect(stolen.filter(({ campaign }) => campaign === groups[0]?.id)).toHaveLength(10);
  });

  test('names the members and what they share, in a valid alert', () => {
    const group = alertSchema.parse(alerts.filter(({ kind }) => kind === 'group').at(-1));
    expect(group.members.length).toBeGreaterThanOrEqual(5);
    expect(group.title).toMatch(/Campaign over \d+ credentials by one (network|client)/);
    expect(group.summary).toMatch(/203\.0\.113\.0\/24|AS64999|curl/);
    expect(group.evidence[0]?.observed).toBeGreaterThanOrEqual(6);
    expect(group.actions[0]).toMatch(/^Block the/);
  });

  test('gives the same campaigns for the same input', () => {
    expect(JSON.stringify(spree())).toBe(JSON.stringify(alerts));
  });
});
