/**
 * Bits of surprise in a count where `expected` were expected: a lower bound of log2(1 / P(X ≥ count)),
 * X Poisson. Chernoff's bound (Mitzenmacher & Upfal, Probability and Computing, theorem 5.4):
 *
 *     P(X ≥ c) ≤ e^−λ (e·λ / c)^c   for c > λ
 *
 * Counts need not be whole, as faded ones are not. 0 when nothing is out of the ordinary.
 */
export function poissonTailBits(count: number, expected: number): number {
  const rate = Math.max(expected, leastExpected);
  if (!(count > rate)) return 0;
  const bits = (count * Math.log(count / rate) - count + rate) / Math.LN2;
  // Of a million, rounding leaves less than nothing where count and rate are all but the same.
  return Math.max(0, bits);
}

/** Nothing is impossible: keeps the bits finite. */
const leastExpected = 1e-6;
