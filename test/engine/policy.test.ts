import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { call } from '../../detectors/examples.ts';
import { listsConfig } from '../../schemas/config/engine.ts';
import { Budget, startBits } from '../../src/engine/budget.ts';
import { Combination } from '../../src/engine/combination.ts';
import { deploymentOf } from '../../src/engine/deployment.ts';
import { isInstanceSession } from '../../src/engine/instance-session.ts';
import { gateWeight } from '../../src/engine/learning-gate.ts';
import { quantity } from '../../src/engine/numbers.ts';
import { matches } from '../../src/engine/pattern.ts';
import { trust } from '../../src/engine/trust.ts';
import { createRandom } from '../../src/simulation/random.ts';
import { plainModel } from '../support/engine-for-tests.ts';

const hourMs = 3_600_000;

describe('Budget', () => {
  /** Scores are exponential above a base; each credential-hour is one test. Returns alerts a day in the second half. */
  function deliver(perDay: number, credentials: number, spreadBits: number, days: number): number {
    const random = createRandom(perDay * 1000 + credentials);
    const budget = new Budget(perDay, () => 8, 0.25);
    let alerts = 0;
    for (let hour = 0; hour < days * 24; hour += 1) {
      for (let c = 0; c < credentials; c += 1) {
        budget.advance(hour * hourMs + Math.floor((c / credentials) * hourMs));
        if (-spreadBits * Math.log2(1 - random.next()) - 6 < budget.thresholdBits) continue;
        budget.spend();
        if (hour >= days * 12) alerts += 1;
      }
    }
    return alerts / (days / 2);
  }

  test.each([
    [2, 200],
    [5, 200],
    [10, 1000],
    [50, 1000],
  ])('delivers %d alerts a day over %d credentials within a tenth', (perDay, credentials) => {
    const delivered = deliver(perDay, credentials, 1, 120);
    expect(delivered / perDay).toBeGreaterThan(0.9);
    expect(delivered / perDay).toBeLessThan(1.1);
  });

  test('asks for more evidence after every alert, and for less as time passes', () => {
    const budget = new Budget(10, () => 8, 0.25);
    budget.advance(1);
    budget.spend();
    expect(budget.thresholdBits).toBe(8.25);
    for (let hour = 1; hour <= 24; hour += 1) budget.advance(hour * hourMs);
    expect(budget.thresholdBits).toBeCloseTo(8.25 - 2.5, 2);
  });

  test('starts lower for few credentials than for many: the same alerts are a larger share of their days', () => {
    const rates = [
      { perThousand: 1, bits: 10 },
      { perThousand: 10, bits: 4 },
      { perThousand: 100, bits: 1 },
    ];
    const afterDay = (credentials: number) => {
      const budget = new Budget(2, startBits(rates, 8), 0.25);
      budget.advance(1);
      for (let c = 0; c < credentials; c += 1) budget.meet();
      return budget.thresholdBits;
    };
    expect(afterDay(20)).toBe(1);
    expect(afterDay(200)).toBeCloseTo(4, 1);
    expect(afterDay(2_000)).toBeCloseTo(10, 1);
    expect(afterDay(20_000)).toBeCloseTo(16, 1);
    expect(afterDay(400_000)).toBeLessThan(18);
    expect(afterDay(640)).toBeGreaterThan(4);
    expect(afterDay(640)).toBeLessThan(10);
  });

  const octaves = [
    { perThousand: 1, bits: 10 },
    { perThousand: 1024, bits: 0 },
  ];

  /** A fleet of 200 for ten days, then `minted` new credentials within an hour; what that does to the threshold. */
  function flooded(minted: number): number {
    const budget = new Budget(2, startBits(octaves, 8), 0);
    for (let hour = 1; hour <= 240; hour += 1) {
      budget.advance(hour * hourMs);
      if (hour % 24 === 0) for (let c = 0; c < 200; c += 1) budget.meet();
    }
    const before = budget.thresholdBits;
    for (let c = 0; c < minted; c += 1) {
      budget.advance(241 * hourMs + c);
      budget.meet();
    }
    return budget.thresholdBits - before;
  }

  test('is not raised by who mints credentials by the thousand', () => {
    expect(flooded(10)).toBeLessThan(0.1);
    expect(flooded(100_000)).toBeLessThan(0.1);
  });

  test('believes in a fleet that has really grown, an octave a day', () => {
    const budget = new Budget(2, startBits(octaves, 8), 0);
    const day = (n: number, credentials: number) => {
      for (let hour = 0; hour < 24; hour += 1) {
        budget.advance((n * 24 + hour + 1) * hourMs);
        for (let c = 0; c < credentials / 24; c += 1) budget.meet();
      }
      return budget.thresholdBits;
    };
    let before = 0;
    for (let n = 0; n < 20; n += 1) before = day(n, 240);
    const steps = Array.from({ length: 40 }, (_, n) => day(20 + n, 240 * 64));
    expect((steps[0] as number) - before).toBeLessThan(1.05);
    expect((steps.at(-1) as number) - before).toBeGreaterThan(5.8);
    expect((steps.at(-1) as number) - before).toBeLessThan(6.2);
  });

  test('starts elsewhere at once when another number of alerts is asked for', () => {
    const budget = new Budget(2, startBits(octaves, 8), 0);
    budget.advance(1);
    for (let c = 0; c < 1_000; c += 1) budget.meet();
    const before = budget.thresholdBits;
    budget.perDay = 8;
    expect(before - budget.thresholdBits).toBeCloseTo(2, 1);
  });

  test('startBits() takes the given threshold where there is no calibration', () => {
    expect(startBits([], 8)(3)).toBe(8);
  });

  test('never gives fewer alerts on the same scores when more are asked for', () => {
    const steps = fc.array(
      fc.record({ afterMs: fc.nat(2 * hourMs), bits: fc.double({ min: -20, max: 40, noNaN: true }) }),
      { maxLength: 300 },
    );
    fc.assert(
      fc.property(
        steps,
        fc.double({ min: 0.1, max: 50, noNaN: true }),
        fc.double({ min: 0, max: 50, noNaN: true }),
        fc.integer({ min: 0, max: 50 }),
        (hours, perDay, more, credentials) => {
          const given = (asked: number) => {
            const budget = new Budget(asked, startBits(octaves, 8), 0.25);
            let timeMs = 1;
            budget.advance(timeMs);
            for (let c = 0; c < credentials; c += 1) budget.meet();
            for (const { afterMs, bits } of hours) {
              timeMs += afterMs;
              budget.advance(timeMs);
              if (bits >= budget.thresholdBits) budget.spend();
            }
            return budget.incidents;
          };
          expect(given(perDay + more)).toBeGreaterThanOrEqual(given(perDay));
        },
      ),
      { numRuns: 300 },
    );
  });

  test('is never deaf after a week of attacks, nor trigger-happy after a gap in the log', () => {
    const budget = new Budget(1, () => 8, 0.25);
    budget.advance(1);
    for (let n = 0; n < 1000; n += 1) budget.spend();
    expect(budget.thresholdBits).toBeLessThanOrEqual(16);
    const silent = new Budget(10, () => 8, 0.25);
    silent.advance(1);
    silent.advance(365 * 24 * hourMs);
    expect(silent.thresholdBits).toBeGreaterThan(7.8);
  });
});

describe('gateWeight()', () => {
  test('falls with suspicion and never to nothing', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -50, max: 50, noNaN: true }),
        fc.double({ min: 0, max: 20, noNaN: true }),
        (score, more) => {
          expect(gateWeight(score + more, 5)).toBeLessThanOrEqual(gateWeight(score, 5));
          expect(gateWeight(score, 5)).toBeGreaterThanOrEqual(0.03);
        },
      ),
    );
    expect(gateWeight(5, 5)).toBe(0.5);
  });
});

describe('trust()', () => {
  test('is 100 when quiet, 50 halfway, 25 at the alert, and capped by what was broken', () => {
    expect([trust(0, 10, null), trust(6, 10, null), trust(10, 10, null)]).toEqual([100, 50, 25]);
    expect([trust(0, 10, 'low'), trust(0, 10, 'high'), trust(0, 10, 'critical')]).toEqual([60, 20, 5]);
    expect(trust(Number.NEGATIVE_INFINITY, 10, 'medium')).toBe(30);
  });
});

describe('Combination', () => {
  test('gives finite bits for any residuals, and skips none that matter', () => {
    const model = plainModel();
    const combination = new Combination(model);
    const size = model.featureNames.length;
    const residual = fc.oneof(fc.constant(0), fc.double({ min: -1e9, max: 1e9, noNaN: true }));
    fc.assert(
      fc.property(
        fc.array(residual, { minLength: size, maxLength: size }),
        fc.nat(100_000),
        (residuals, hours) => {
          combination.prepare(Float64Array.from(residuals), hours);
          expect(Number.isFinite(combination.score())).toBe(true);
        },
      ),
    );
  });
});

describe('deploymentOf()', () => {
  const lists = listsConfig.parse({
    inventory: [
      { credential: 'bait-*', decoy: true },
      {
        credential: 'ci-*',
        owner: 'platform',
        environment: 'staging',
        declared: {
          networks: ['10.0.0.0/8', 'AS64500'],
          routes: ['GET /builds*'],
          hours: { from: 22, to: 6 },
        },
      },
    ],
  });
  const deployment = deploymentOf(lists, new Set(['key-9', 'token-3']));
  const night = Date.UTC(2026, 0, 5, 23);

  test('knows revoked credentials and tokens, decoys, owners and environments', () => {
    expect(deployment.revoked(call(night, { credentialId: 'key-9' }))).toMatch(/credential/);
    expect(deployment.revoked(call(night, { tokenId: 'token-3' }))).toMatch(/token/);
    expect(deployment.revoked(call(night))).toBe('');
    expect(deployment.decoy(call(night, { credentialId: 'bait-7' }))).not.toBe('');
    expect(deployment.owner(call(night, { credentialId: 'ci-1' }))).toBe('platform');
    expect(deployment.homeEnvironment(call(night, { credentialId: 'ci-1' }))).toBe('staging');
  });

  test('knows a credential and a token by the ids that the hash key before gave them', () => {
    const rotated = (fields: object) => call(night, { credentialId: 'new', tokenId: 'new', ...fields });
    expect(deployment.revoked(rotated({ credentialFormerId: 'key-9' }))).toMatch(/credential/);
    expect(deployment.revoked(rotated({ tokenFormerId: 'token-3' }))).toMatch(/token/);
    expect(deployment.revoked(rotated({}))).toBe('');
    expect(deployment.owner(rotated({}))).toBe(null);
    expect(deployment.owner(rotated({ credentialFormerId: 'ci-1' }))).toBe('platform');
  });

  test('says what breaks a declaration, and nothing when the gateway is silent', () => {
    const use = { credentialId: 'ci-1', clientAddress: '10.2.3.4', clientAsn: null, route: 'GET /builds/1' };
    expect(deployment.breach(call(night, use))).toBeNull();
    expect(deployment.breach(call(night, { ...use, clientAddress: '203.0.113.1' }))?.what).toBe('network');
    expect(
      deployment.breach(call(night, { ...use, clientAddress: '203.0.113.1', clientAsn: 64_500 })),
    ).toBeNull();
    expect(deployment.breach(call(night, { ...use, route: 'DELETE /builds/1' }))?.what).toBe('route');
    expect(deployment.breach(call(Date.UTC(2026, 0, 5, 12), use))?.what).toBe('hour');
    expect(deployment.breach(call(night, { ...use, clientAddress: null, route: null }))).toBeNull();
  });
});

describe('small ones', () => {
  test('matches() treats * as any run, and everything else as itself', () => {
    expect([
      matches('a*c', 'abc'),
      matches('a*c', 'ac'),
      matches('a*c', 'ab'),
      matches('*', ''),
      matches('a.c', 'abc'),
      matches('a*b*a', 'aba'),
      matches('a*a', 'a'),
    ]).toEqual([true, true, false, true, false, true, false]);
  });

  test('isInstanceSession() knows both lengths of instance ids', () => {
    expect(
      ['arn:role/web/i-0a1b2c3d4e5f60718', 'x/i-0a1b2c3d', 'x/i-0a1b2c3', 'x/I-0a1b2c3d', 'x/ada'].map(
        isInstanceSession,
      ),
    ).toEqual([true, true, false, false, false]);
  });

  test('quantity() writes numbers as people do', () => {
    expect([
      quantity(240),
      quantity(2.13),
      quantity(1_530_000, 'bytes'),
      quantity(0.042, 'share'),
      quantity(72, 'hours'),
      quantity(1.5, 'usd'),
    ]).toEqual(['240', '2.1', '1.5 MB', '4.2 %', '3 days', '$1.50']);
  });
});
