/**
 * Input of the combination: residuals on a logarithmic scale, so that z = 100 says more than z = 10
 * but not ten times more. Surprisingly low values count a little: they separate a quiet hour from a busy one.
 */
export function squash(residual: number): number {
  return residual >= 0 ? Math.min(8, Math.log2(1 + residual)) : -Math.min(1.5, Math.log2(1 - residual));
}

/** How much is known of a credential, from 0 (nothing) to 8 (255 active hours and more). */
export function maturity(activeHours: number): number {
  return Math.min(8, Math.log2(1 + activeHours));
}
