/**
 * How unusual a value is for one credential, in standard deviations, shrunk to its type.
 *
 *     u = (y − m) / √v
 *     m = (n·m_c + 2·m_type) / (n + 2)
 *     v = (n·s_c + 6·s_type) / (n + 6) + 0.03·s_type + 0.004
 *
 * n is the number of active hours learnt. With n = 0 this is the type's own distribution; a few
 * dozen hours make it the credential's. The constants keep a habit that never varied from turning
 * the smallest change into an infinite surprise.
 */
/** Added to every variance: of counts on a logarithmic scale and of shares, and of evidence in bits. */
export const varianceFloor = 0.004;
export const bitsVarianceFloor = 0.25;

export function shrunkMean(hours: number, ownMean: number, typeMean: number): number {
  const weights = shrinkage(hours);
  return weights.ownMean * ownMean + weights.peerMean * typeMean;
}

export function shrunkVariance(
  hours: number,
  ownVariance: number,
  typeVariance: number,
  floor = varianceFloor,
): number {
  const weights = shrinkage(hours);
  return weights.ownVariance * ownVariance + weights.peerVariance * typeVariance + floor;
}

/** Weights of own and type values in mean and variance after `hours` learnt hours: for loops over many features. */
export interface Shrinkage {
  readonly ownMean: number;
  readonly peerMean: number;
  readonly ownVariance: number;
  readonly peerVariance: number;
}

export function shrinkage(hours: number): Shrinkage {
  return {
    ownMean: hours / (hours + 2),
    peerMean: 2 / (hours + 2),
    ownVariance: hours / (hours + 6),
    peerVariance: 6 / (hours + 6) + 0.03,
  };
}

/** Squared steps beyond this many (own + type) variances teach no more: one wild hour is not a new habit. */
export const winsorFactor = 25;
/** The newest of at most this many hours weigh the same; older ones fade. */
export const memoryHours = 200;

/** Learning step for the mean after `hours` learnt hours, with gate weight `weight` in 0…1. */
export function meanRate(hours: number, weight: number): number {
  return weight / Math.min(hours + 1, memoryHours);
}

/** Learning step for the variance: never so small that a changed spread is not adopted. */
export function varianceRate(hours: number, weight: number): number {
  return weight * Math.max(1 / Math.min(hours + 1, memoryHours), 0.004);
}

export function winsorisedSquare(step: number, ownVariance: number, typeVariance: number): number {
  return Math.min(step * step, winsorFactor * (ownVariance + typeVariance));
}
