const most = 10;
const least = -1.5;
const mostOfSum = 16;

/**
 * Input of the combination: what a residual weighs as evidence if habits have a heavy tail. log2(1 + u²)
 * is, but for a factor, the negative log density of Student's t with one degree of freedom: ordinary noise counts
 * next to nothing, three deviations a lot, and a hundred not much more than fifty. Surprisingly low
 * values count a little: they separate a quiet hour from a busy one.
 */
export function squash(residual: number): number {
  const bits = Math.log2(1 + residual * residual);
  return residual >= 0 ? Math.min(most, bits) : -Math.min(-least, bits);
}

/** The residual whose `squash` this is; of a capped one the smallest. */
export function unsquash(input: number): number {
  return Math.sqrt(2 ** Math.max(0, input) - 1);
}

/** Input of a guard (a sum of squares, a largest residual), both without a sign. */
export function squashGuard(value: number): number {
  return Math.min(mostOfSum, Math.log2(1 + value));
}

/** How much is known of a credential, from 0 (nothing) to 8 (255 active hours and more). */
export function maturity(activeHours: number): number {
  return Math.min(8, Math.log2(1 + activeHours));
}
