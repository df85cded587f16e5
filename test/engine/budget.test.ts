import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Budget, startBits } from '../../src/engine/budget.ts';
import { createRandom } from '../../src/simulation/random.ts';

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

  test.each([
    ['a gap in the log', 30 * 24 * hourMs, 14],
    ['a first event of another age', 20_000 * 24 * hourMs, 0],
  ])('believes in as many credentials after %s as before', (_why, gapMs, daysBefore) => {
    const rates = [
      { perThousand: 1, bits: 10 },
      { perThousand: 1000, bits: 1 },
    ];
    const threshold = (gap: number) => {
      const budget = new Budget(5, startBits(rates, 8), 0.25);
      budget.advance(1);
      let atMs = 1;
      for (let day = 0; day < daysBefore + 10; day += 1) {
        if (day === daysBefore) atMs += gap;
        for (let n = 0; n < 5_000; n += 1) budget.meet();
        for (let hour = 0; hour < 24; hour += 1) {
          atMs += hourMs;
          budget.advance(atMs);
        }
      }
      return budget.thresholdBits;
    };
    expect(Math.abs(threshold(gapMs) - threshold(0))).toBeLessThan(0.5);
  });

  test('restored at any moment, goes on as if it had never stopped', () => {
    const rates = [
      { perThousand: 1, bits: 10 },
      { perThousand: 1000, bits: 1 },
    ];
    const newBudget = () => new Budget(2, startBits(rates, 8), 0.25);
    /** So many that one more is no reason to look the start up again. */
    const used = 300;
    const step = fc.record({
      hours: fc.double({ min: 0, max: 3, noNaN: true }),
      what: fc.constantFrom(...(['meet', 'meet', 'meet', 'spend', 'pass'] as const)),
    });
    fc.assert(
      fc.property(fc.array(step, { minLength: 2, maxLength: 200 }), fc.nat(), (steps, cut) => {
        let atMs = 1;
        let restored = newBudget();
        const whole = newBudget();
        for (const budget of [whole, restored]) {
          budget.advance(atMs);
          for (let n = 0; n < used; n += 1) budget.meet();
        }
        steps.forEach(({ hours, what }, n) => {
          if (n === cut % steps.length) {
            const stored = JSON.parse(JSON.stringify(restored.toJson()));
            restored = newBudget();
            restored.fromJson(stored);
          }
          atMs += hours * hourMs;
          for (const budget of [whole, restored]) {
            budget.advance(atMs);
            if (what !== 'pass') budget[what]();
          }
          expect(restored.thresholdBits).toBe(whole.thresholdBits);
        });
      }),
    );
  });
});
