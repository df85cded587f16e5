import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { call } from '../../detectors/examples/streams.ts';
import { detectors } from '../../detectors/index.ts';
import { printable } from '../../src/alerting/printable.ts';
import { checks } from '../../src/posture/checks/index.ts';
import { DaySet } from '../../src/posture/day-set.ts';
import { owaspItems } from '../../src/posture/owasp.ts';
import { renderedPosture } from '../../src/posture/render.ts';
import { postureReport } from '../../src/posture/report.ts';
import { randomEvent } from '../support/random-events.ts';
import { defaults, inventoryOf, judged } from './observed.ts';

const startMs = Date.UTC(2026, 0, 5);
const nothingLogged = new Map<string, number>();

/** Calls of a few credentials, as an attacker would write them. */
const calls = fc.array(
  fc.tuple(randomEvent, fc.constantFrom('a', 'b', 'c')).map(([event, credentialId]) => ({
    ...event,
    credentialId,
    credentialType: 'jwt' as const,
    timestampMs: startMs + (event.timestampMs % 3e10),
  })),
  { maxLength: 40 },
);

describe('the posture report', () => {
  test('says of every credential and check: found, fine or why it cannot be told', () => {
    fc.assert(
      fc.property(calls, (events) => {
        const { findings, results } = judged(events);
        const credentials = inventoryOf(events).credentials().length;
        for (const { id, judged: told, untold, findings: found } of results) {
          expect(told + untold.reduce((sum, one) => sum + one.credentials, 0)).toBe(credentials);
          expect(findings.filter(({ check }) => check === id)).toHaveLength(found);
          expect(found).toBeLessThanOrEqual(told);
        }
        for (const { observed, limit, action } of findings)
          expect(`${observed}${limit}${action}`).not.toMatch(/NaN|Infinity|undefined|null/);
      }),
      { numRuns: 100 },
    );
  });

  test('how the calls of several credentials are mixed changes nothing', () => {
    fc.assert(
      fc.property(calls, fc.integer(), (events, seed) => {
        const before = inventoryOf(events).credentials();
        const shuffled = [...events].sort((x, y) =>
          x.credentialId === y.credentialId
            ? 0
            : (x.credentialId < y.credentialId ? 1 : -1) * (seed % 2 || 1),
        );
        const plain = (facts: (typeof before)[number]) => ({
          ...facts,
          operations: facts.operations?.size ?? null,
        });
        const byId = new Map(
          inventoryOf(shuffled)
            .credentials()
            .map((facts) => [facts.id, plain(facts)]),
        );
        for (const facts of before) expect(byId.get(facts.id)).toEqual(plain(facts));
      }),
      { numRuns: 60 },
    );
  });

  test('prints nothing that could move a cursor, whatever the log says', () => {
    fc.assert(
      fc.property(calls, (events) => {
        const hostile = events.map((event) => ({
          ...event,
          credentialName: `\u001b[2Jx\n${event.path ?? ''}`,
          secretQueryKeys: [`\r\u202e${event.route ?? ''}`],
        }));
        const report = postureReport(inventoryOf(hostile), defaults, detectors, nothingLogged);
        const text = renderedPosture(report, 50).replaceAll('\n', '');
        expect(text).toBe(printable(text, Number.POSITIVE_INFINITY));
      }),
      { numRuns: 60 },
    );
  });

  test('keeps to its bounds and says what it left out', () => {
    const events = Array.from({ length: 30 }, (_, n) =>
      call(startMs + n, { credentialId: `k${n % 10}`, secretQueryKeys: ['key'] }),
    );
    const report = postureReport(inventoryOf(events, 4), defaults, detectors, nothingLogged);
    expect(report).toMatchObject({ credentials: 4, uses: 30, usesLeftOut: 18 });
    const text = renderedPosture(report, 2);
    expect(text).toContain('left out: 18 uses of credentials beyond the first 4');
    expect(text).toContain('and 2 less grave');
  });

  test('puts the gravest first, then the most used', () => {
    const events = [
      call(startMs, { credentialId: 'busy', secretQueryKeys: ['k'] }),
      call(startMs, { credentialId: 'busy' }),
      call(startMs, { credentialId: 'idle', secretQueryKeys: ['k'] }),
      call(startMs, { credentialId: 'open', tokenAlgorithm: 'none' }),
    ];
    expect(judged(events).findings.map(({ credential }) => credential)).toEqual(['open', 'busy', 'idle']);
  });

  test('an empty log has no span, no findings and ten items', () => {
    const report = postureReport(inventoryOf([]), defaults, detectors, nothingLogged);
    expect(report).toMatchObject({ from: null, to: null, spanDays: 0, findings: [] });
    expect(report.owasp).toHaveLength(10);
    expect(renderedPosture(report, 50)).toContain('No call was read.');
  });

  test('refused calls and calls without a credential are counted, and are nobody’s use', () => {
    const inventory = inventoryOf([
      call(startMs, { status: 401 }),
      call(startMs, { credentialType: 'anonymous', credentialId: 'address' }),
      call(startMs),
    ]);
    expect(inventory).toMatchObject({ refusedCalls: 1, anonymousCalls: 1, uses: 1 });
  });
});

describe('the OWASP table', () => {
  const ids = new Set(owaspItems.map(({ id }) => id));

  test('knows every non-human identity item that a check or a detector names', () => {
    const named = [...checks, ...detectors]
      .flatMap(({ owasp }) => owasp)
      .filter((id) => id.startsWith('NHI'));
    for (const id of named) expect(ids).toContain(id);
  });

  test('tells a detector that cannot see here from one that can', () => {
    const shares = new Map([
      ['tokenAlgorithm', 0.9],
      ['status', 1],
    ]);
    const item = postureReport(inventoryOf([]), defaults, detectors, shares).owasp.find(
      (one) => one.item === 'NHI4:2025',
    );
    expect(item?.detectors).toEqual(['weak-token', 'single-factor-sign-in']);
    expect(item?.blind).toContainEqual({ id: 'expired-accepted', lacks: ['token.expires_at'] });
    expect(item?.checks).toEqual([{ id: 'weak-token', findings: 0, judged: 0 }]);
  });
});

describe('DaySet', () => {
  test('is a set of days whose order does not matter', () => {
    const days = fc.array(fc.integer({ min: 10_950, max: 21_000 }), { maxLength: 60 });
    fc.assert(
      fc.property(days, (given) => {
        const set = new DaySet();
        for (const day of given) set.add(day);
        const sorted = [...new Set(given)].sort((a, b) => a - b);
        expect(set.all()).toEqual(sorted);
        expect(set.size).toBe(sorted.length);
        const gaps = sorted.slice(1).map((day, n) => day - (sorted[n] as number) - 1);
        expect(set.longestGap()).toBe(Math.max(0, ...gaps));
      }),
    );
  });
});
