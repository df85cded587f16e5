/**
 * Surprise of a gap since last use. Gaps are Lomax (heavy-tailed): P(gap ≥ g) = (1 + g/β)^−α with
 * α = 1.2 and β = 8 × the geometric mean of the credential's own gaps.
 */
const alpha = 1.2;

export function dormancyBits(gapHours: number, meanLogGapHours: number): number {
  if (gapHours < 48) return 0;
  const scale = 8 * Math.exp(meanLogGapHours);
  return Math.max(0, alpha * Math.log2(1 + gapHours / scale));
}
