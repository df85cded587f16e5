import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NewsRate } from '../../src/engine/news-rate.ts';

const dimension = 5;
const rate = fc.double({ min: 0.01, max: 5, noNaN: true });

/** A rate that was promised so much an hour and saw a first sight after so many hours, for so many days. */
function lived(perHour: number, everyHours: number, days: number): NewsRate {
  const lived = new NewsRate();
  for (let hour = 0; hour < days * 24; hour += 1) {
    lived.promise(dimension, hour, perHour);
    if (everyHours > 0 && hour % everyHours === 0) lived.saw(dimension, hour);
  }
  return lived;
}

describe('NewsRate', () => {
  test('takes the promise as it is before anything was seen', () => {
    const young = new NewsRate();
    young.promise(dimension, 10, 1);
    expect(young.kept(dimension, 10)).toBe(1);
    expect(young.ofValue(dimension, 10, 0.4, 0)).toBe(0.4);
  });

  test('learns that more comes than is promised', () => {
    expect(lived(0.1, 2, 60).kept(dimension, 60 * 24)).toBeCloseTo(5, 1);
    expect(lived(0.25, 1, 60).kept(dimension, 60 * 24)).toBeCloseTo(4, 1);
  });

  test('never takes a promise for less than it says', () => {
    expect(lived(0.5, 0, 60).kept(dimension, 60 * 24)).toBe(1);
    expect(lived(0.5, 8, 60).kept(dimension, 60 * 24)).toBe(1);
  });

  test('forgets what has long been different', () => {
    const changed = lived(0.2, 1, 60);
    expect(changed.kept(dimension, 60 * 24)).toBeGreaterThan(4);
    for (let hour = 60 * 24; hour < 240 * 24; hour += 1) changed.promise(dimension, hour, 0.2);
    expect(changed.kept(dimension, 240 * 24)).toBe(1);
  });

  test('is hardly moved by what came today', () => {
    const before = lived(0.1, 4, 30);
    const burst = lived(0.1, 4, 30);
    for (let n = 0; n < 100; n += 1) burst.saw(dimension, 30 * 24);
    const now = 30 * 24 + 3;
    expect(burst.kept(dimension, now)).toBeLessThan(1.1 * before.kept(dimension, now));
  });

  test('expects more of a value the more often it was new or is used, and never nothing', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    const earlier = fc.double({ min: 0, max: 1000, noNaN: true });
    fc.assert(
      fc.property(
        rate,
        fc.integer({ min: 1, max: 48 }),
        share,
        share,
        earlier,
        earlier,
        (perHour, every, a, b, c, d) => {
          const one = lived(perHour, every, 10);
          const less = one.ofValue(dimension, 240, Math.min(a, b), Math.min(c, d));
          expect(less).toBeGreaterThan(0);
          expect(Number.isFinite(less)).toBe(true);
          expect(one.ofValue(dimension, 240, Math.max(a, b), Math.max(c, d))).toBeGreaterThanOrEqual(less);
        },
      ),
      { numRuns: 50 },
    );
  });

  test('is the same after it was stored, and one stored before there was anything to learn from is read', () => {
    const one = lived(0.3, 5, 20);
    const restored = new NewsRate();
    restored.fromJson(JSON.parse(JSON.stringify(one.toJson())));
    expect(restored.kept(dimension, 500)).toBe(one.kept(dimension, 500));
    expect(restored.promised(dimension, 500)).toBe(one.promised(dimension, 500));
    const older = new NewsRate();
    older.fromJson({ amounts: [0, 1], hours: [0, 7] });
    expect(older.kept(dimension, 500)).toBe(1);
  });
});
