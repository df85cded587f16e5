import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dormancyBits } from '../../src/stats/dormancy.ts';
import { chanceOfNew, firstSightBits } from '../../src/stats/first-sight.ts';
import { greatCircleKm } from '../../src/stats/great-circle.ts';
import { hash32, mix32 } from '../../src/stats/hash.ts';
import { unusualHourBits, weekBin, weekBins } from '../../src/stats/hour-of-week.ts';
import { log1p } from '../../src/stats/log1p.ts';
import { meanRate, shrunkMean, shrunkVariance, winsorisedSquare } from '../../src/stats/residual.ts';
import { maturity, squash, squashGuard, unsquash } from '../../src/stats/squash.ts';

const anyNumber = fc.double({ min: -1e6, max: 1e6, noNaN: true });

describe('shrinkage', () => {
  test('shrunkMean() is the type without history and the credential with much of it', () => {
    expect(shrunkMean(0, 9, 3)).toBe(3);
    expect(shrunkMean(2, 9, 3)).toBe(6);
    expect(shrunkMean(1000, 9, 3)).toBeCloseTo(9, 1);
  });

  test('shrunkVariance() never lets a habit without spread make every change infinite', () => {
    fc.assert(
      fc.property(
        fc.nat(10_000),
        fc.double({ min: 0, max: 100, noNaN: true }),
        (hours, type) => shrunkVariance(hours, 0, type) >= 0.004,
      ),
    );
  });

  test('winsorisedSquare() bounds what one wild hour teaches', () => {
    expect(winsorisedSquare(1000, 1, 1)).toBe(50);
    expect(winsorisedSquare(2, 1, 1)).toBe(4);
  });

  test('meanRate() counts at first, then forgets', () => {
    expect([meanRate(0, 1), meanRate(9, 1), meanRate(5000, 1), meanRate(9, 0.5)]).toEqual([
      1, 0.1, 0.005, 0.05,
    ]);
  });
});

describe('squash()', () => {
  test('keeps order, is bounded and is 0 at 0', () => {
    fc.assert(
      fc.property(anyNumber, anyNumber, (a, b) => {
        const [low, high] = a < b ? [a, b] : [b, a];
        expect(squash(low)).toBeLessThanOrEqual(squash(high));
        expect(Math.abs(squash(a))).toBeLessThanOrEqual(10);
      }),
    );
    expect(squash(0)).toBe(0);
    expect(squash(1)).toBe(1);
  });

  test('unsquash() takes squash() back, up to its cap', () => {
    for (const residual of [0, 0.3, 1, 4, 30]) expect(unsquash(squash(residual))).toBeCloseTo(residual, 9);
    expect(squash(unsquash(10))).toBe(10);
  });

  test('squashGuard() tells sums apart that squash() would cap', () => {
    expect(squashGuard(0)).toBe(0);
    expect(squashGuard(5000)).toBeGreaterThan(squashGuard(2000));
  });

  test('maturity() grows from 0 to 8', () => {
    expect([maturity(0), maturity(3), maturity(1e9)]).toEqual([0, 2, 8]);
  });
});

describe('first sight', () => {
  const novelty = { strength: 0.5, discount: 0.25 };

  test('a new value is worth less the more often the credential changes', () => {
    const bits = (distinct: number, hours: number) =>
      firstSightBits(chanceOfNew(novelty, distinct, hours, 1), 0, 0);
    expect(bits(1, 500)).toBeGreaterThan(bits(40, 500) + 3);
    expect(bits(1, 500)).toBeGreaterThan(bits(1, 20) + 2);
  });

  test('a value that peers use is worth less, and one in a roll-out nearly nothing', () => {
    const chance = chanceOfNew(novelty, 1, 500, 1);
    expect(firstSightBits(chance, 0.2, 0.2)).toBeLessThan(firstSightBits(chance, 0, 0) - 0.5);
    expect(firstSightBits(chanceOfNew(novelty, 1, 500, 200), 0.2, 0.2)).toBeLessThan(0.5);
  });

  test('gives finite bits for any shares', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(share, share, share, (chance, peer, all) =>
        Number.isFinite(firstSightBits(Math.max(chance, 1e-9), peer, all)),
      ),
    );
  });
});

describe('time', () => {
  test('weekBin() knows that 1970-01-01 was a Thursday', () => {
    expect(weekBin(0)).toBe(0);
    expect(weekBin(2 * 24 + 5)).toBe(24 + 5); // Saturday, five o'clock
    expect(weekBin(4 * 24 + 5)).toBe(5); // Monday
  });

  test('unusualHourBits() is news at night and none at work', () => {
    const own = (bin: number) => (bin >= 9 && bin < 17 ? 50 : 0);
    const at = (bin: number) => unusualHourBits(own, 400, bin, 1 / weekBins);
    expect(at(3)).toBeGreaterThan(2);
    expect(at(12)).toBeLessThan(0);
  });

  test('dormancyBits() counts from two days on, against the own rhythm', () => {
    expect(dormancyBits(47, 0)).toBe(0);
    const monthly = Math.log(30 * 24);
    expect(dormancyBits(90 * 24, 0)).toBeGreaterThan(dormancyBits(90 * 24, monthly) + 5);
  });
});

describe('small ones', () => {
  test('greatCircleKm() from Berlin to New York', () => {
    expect(greatCircleKm(52.52, 13.4, 40.71, -74.01)).toBeCloseTo(6385, -2);
  });

  test('log1p() equals the plain function', () => {
    const amount = fc.oneof(fc.nat(10_000), fc.double({ min: 0, max: 1e12, noNaN: true }));
    fc.assert(fc.property(amount, (x) => Math.abs(log1p(x) - Math.log1p(x)) < 1e-12));
  });

  test('hashes are spread and never 0', () => {
    const seen = new Set(Array.from({ length: 20_000 }, (_, n) => hash32(`key-${n}`)));
    expect(seen.size).toBeGreaterThan(19_995);
    fc.assert(
      fc.property(fc.string(), fc.nat(), (text, n) => hash32(text) !== 0 && mix32(hash32(text), n) !== 0),
    );
    expect(mix32(1, 2)).not.toBe(mix32(2, 1));
  });
});
