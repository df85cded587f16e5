/**
 * Area under the precision-recall curve as average precision: Σ (R_i − R_(i−1)) · P_i over falling
 * thresholds; equal scores are one step. NaN without positives.
 */
export function averagePrecision(scores: Float32Array, positive: Uint8Array): number {
  const order = Uint32Array.from(scores, (_, i) => i).sort(
    (a, b) => (scores[b] as number) - (scores[a] as number),
  );
  let positives = 0;
  for (const label of positive) positives += label;
  if (positives === 0) return Number.NaN;
  let area = 0;
  let hits = 0;
  let countedHits = 0;
  for (let n = 0; n < order.length; n += 1) {
    const i = order[n] as number;
    hits += positive[i] as number;
    const next = order[n + 1];
    if (next !== undefined && scores[next] === scores[i]) continue;
    area += ((hits - countedHits) / positives) * (hits / (n + 1));
    countedHits = hits;
  }
  return area;
}
