import { describe, expect, test } from 'vitest';
import { call, startMs } from '../../detectors/examples/streams.ts';
import { type Alert, alert as alertSchema } from '../../schemas/alert.ts';
import type { UsageEvent } from '../../schemas/usage-event.ts';
import { isNotice } from '../../src/alerting/notice.ts';
import type { Engine } from '../../src/engine/engine.types.ts';
import { Lineage } from '../../src/engine/lineage.ts';
import { testEngine } from '../support/engine-for-tests.ts';

const minuteMs = 60_000;
const dayMs = 86_400_000;

const issues = (credentialId: string, timestampMs: number, ...issuedIds: string[]) =>
  call(timestampMs, { credentialId, issuedIds });
const uses = (credentialId: string, timestampMs: number, fields: Partial<UsageEvent> = {}) =>
  call(timestampMs, { credentialId, ...fields });

describe('Lineage', () => {
  test('knows what a suspect issued, by token and by credential, and nothing of others', () => {
    const lineage = new Lineage();
    lineage.remember(issues('stolen', 0, 'token-1', 'user-1'), true);
    lineage.remember(issues('honest', 0, 'token-2'), false);
    expect(lineage.suspectIssuerOf(uses('session', 1, { tokenId: 'token-1' }))).toBe('stolen');
    expect(lineage.suspectIssuerOf(uses('user-1', 1))).toBe('stolen');
    expect(lineage.suspectIssuerOf(uses('session', 1, { tokenId: 'token-2' }))).toBe('');
    expect(lineage.suspectIssuerOf(uses('stolen', 1))).toBe('');
  });

  test('holds against the issued what comes up against the issuer, back to a time', () => {
    const lineage = new Lineage();
    lineage.remember(issues('key', 100, 'before'), false);
    lineage.remember(issues('key', 200, 'since'), false);
    lineage.remember(issues('other', 200, 'elsewhere'), false);
    lineage.suspect('key', 150);
    const issuers = ['before', 'since', 'elsewhere'].map((id) => lineage.suspectIssuerOf(uses(id, 300)));
    expect(issuers).toEqual(['', 'key', '']);
  });

  test('forgets a suspicion after thirty days, and takes back what is issued anew by an honest one', () => {
    const lineage = new Lineage();
    lineage.remember(issues('stolen', 0, 'user-1', 'user-2'), true);
    expect(lineage.suspectIssuerOf(uses('user-1', 30 * dayMs - 1))).toBe('stolen');
    expect(lineage.suspectIssuerOf(uses('user-1', 30 * dayMs))).toBe('');
    lineage.remember(issues('honest', 1, 'user-2'), false);
    expect(lineage.suspectIssuerOf(uses('user-2', 2))).toBe('');
  });

  test('takes the graver of two records of one issue, in either order', () => {
    for (const order of [
      [true, false],
      [false, true],
    ]) {
      const lineage = new Lineage();
      for (const isSuspect of order)
        lineage.remember(issues(isSuspect ? 'stolen' : 'owner-of-the-role', 5, 'session'), isSuspect);
      expect(lineage.suspectIssuerOf(uses('session', 6))).toBe('stolen');
    }
  });

  test('knows what was issued or used under the ids by the hash key before', () => {
    const lineage = new Lineage();
    lineage.remember(issues('stolen', 0, 'token-old', 'user-old'), true);
    const byToken = uses('session', 1, { tokenId: 'token-new', tokenFormerId: 'token-old' });
    expect(lineage.suspectIssuerOf(byToken)).toBe('stolen');
    expect(lineage.suspectIssuerOf(uses('user-new', 1, { credentialFormerId: 'user-old' }))).toBe('stolen');
  });

  test('does not grow young by being passed on', () => {
    const lineage = new Lineage();
    lineage.remember(issues('stolen', 0, 'child-0'), true);
    for (let day = 1; day <= 40; day += 1) {
      const parent = uses(`child-${day - 1}`, day * dayMs, { issuedIds: [`child-${day}`] });
      expect(lineage.suspectIssuerOf(parent) === '').toBe(day >= 30);
      lineage.remember(parent, true);
    }
  });

  test('never takes a credential for its own issue', () => {
    const lineage = new Lineage();
    lineage.remember(issues('key', 0, 'key'), true);
    expect(lineage.suspectIssuerOf(uses('key', 1))).toBe('');
  });

  test('is bounded, counts what it drops, and keeps suspects while others come by the thousand', () => {
    const lineage = new Lineage();
    lineage.remember(issues('stolen', 0, 'backdoor'), true);
    for (let n = 0; n < 30_000; n += 1) lineage.remember(issues('honest', n, `session-${n}`), false);
    expect(lineage.evictions).toBe(25_000);
    expect(lineage.suspectIssuerOf(uses('backdoor', dayMs))).toBe('stolen');
  });
});

describe('an engine', () => {
  /** A token without a signature is a debt; an expired one that works is a breach. */
  const breach = { tokenIssuedAtMs: startMs - dayMs, tokenExpiresAtMs: startMs - dayMs / 2 };
  const debt = { secretQueryKeys: ['api_key'] };

  function told(events: readonly UsageEvent[], engine: Engine = testEngine()): Alert[] {
    for (const event of events) engine.process(event, event.timestampMs, 'test', null);
    return [...engine.drain().alerts];
  }

  const isOfIssue = ({ evidence }: Alert) =>
    evidence.some(({ detector }) => detector === 'issued-by-suspect');
  const credentialsOf = (alerts: readonly Alert[]) => [
    ...new Set(alerts.filter(isOfIssue).map(({ credential }) => credential.id)),
  ];

  test('tells the whole line of descent of a stolen key', () => {
    const alerts = told([
      call(startMs, { credentialId: 'key', ...breach, issuedIds: ['child'] }),
      call(startMs + minuteMs, { credentialId: 'child', issuedIds: ['grandchild'] }),
      call(startMs + 2 * minuteMs, { credentialId: 'grandchild' }),
      call(startMs + 3 * minuteMs, { credentialId: 'nobody' }),
    ]);
    expect(credentialsOf(alerts)).toEqual(['child', 'grandchild']);
    const text = alerts.findLast(({ credential }) => credential.id === 'grandchild')?.summary;
    expect(text).toContain('It was issued by child');
  });

  test('holds nothing against what a refused call would have issued, nor against what debts issue', () => {
    const alerts = told([
      call(startMs, { credentialId: 'key', ...breach }),
      call(startMs + minuteMs, {
        credentialId: 'key',
        status: 403,
        outcome: 'failure',
        issuedIds: ['never-made'],
      }),
      call(startMs + 2 * minuteMs, { credentialId: 'never-made' }),
      call(startMs + 3 * minuteMs, { credentialId: 'careless', ...debt, issuedIds: ['its-child'] }),
      call(startMs + 4 * minuteMs, { credentialId: 'its-child' }),
    ]);
    expect(alerts.map(({ credential }) => credential.id)).toContain('careless');
    expect(credentialsOf(alerts)).toEqual([]);
  });

  test('calls for two of a hundred sessions of one suspect, and then for the campaign', () => {
    const events = [call(startMs, { credentialId: 'key', ...breach })];
    for (let n = 0; n < 100; n += 1) {
      const atMs = startMs + (n + 1) * minuteMs;
      events.push(call(atMs, { credentialId: 'key', issuedIds: [`session-${n}`] }));
      events.push(call(atMs + 1_000, { credentialId: `session-${n}` }));
    }
    const alerts = told(events).map((alert) => alertSchema.parse(alert));
    const single = alerts.filter((alert) => isOfIssue(alert) && alert.kind === 'violation');
    expect(credentialsOf(single)).toHaveLength(100);
    expect(new Set(single.filter(isNotice).map(({ credential }) => credential.id)).size).toBe(2);
    const group = alerts.findLast(({ kind }) => kind === 'group');
    expect(group?.title).toMatch(/^Campaign over \d+ credentials by one issuer$/);
    expect(group?.summary).toContain('One credential under suspicion that issued them (key)');
    expect(group?.actions[0]).toMatch(/^Take every right from the issuer/);
  });

  test('lets go of two credentials that issue each other, and of one that renews its own token', () => {
    const pair = [call(startMs, { credentialId: 'a', ...breach, issuedIds: ['b-0'] })];
    const own = [call(startMs, { credentialId: 'self', ...breach, tokenId: 's-0', issuedIds: ['s-1'] })];
    for (let n = 1; n <= 100; n += 1) {
      const atMs = startMs + (n * dayMs) / 2;
      const credentialId = n % 2 === 1 ? 'b' : 'a';
      const next = n % 2 === 1 ? 'a' : 'b';
      pair.push(
        call(atMs, { credentialId, tokenId: `${credentialId}-${n - 1}`, issuedIds: [`${next}-${n}`] }),
      );
      own.push(call(atMs, { credentialId: 'self', tokenId: `s-${n}`, issuedIds: [`s-${n + 1}`] }));
    }
    const last = (alerts: readonly Alert[]) => alerts.at(-1) as Alert;
    expect(last(told(pair)).state).toBe('resolved');
    expect(last(told(pair)).lastEventMs).toBeLessThan(startMs + 31 * dayMs);
    expect(credentialsOf(told(own))).toEqual([]);
  });

  test('knows the line of descent after a restart', () => {
    const state = new Map<string, Uint8Array>();
    const first = testEngine();
    told([call(startMs, { credentialId: 'key', ...breach, issuedIds: ['child'] })], first);
    first.checkpoint({
      put: (key, value) => state.set(key, value.slice()),
      remove: (key) => state.delete(key),
    });
    const second = testEngine();
    second.restore(state);
    expect(credentialsOf(told([call(startMs + dayMs, { credentialId: 'child' })], second))).toEqual([
      'child',
    ]);
  });
});
