/**
 * The figures of merit: share of attacks found at a given number of false credential-days per 1,000.
 *
 * A false credential-day is a distinct (credential, UTC day) over the threshold, outside any attack on
 * that credential and a day around it. An attack is found when any of its hours, or one of the two after,
 * is over the threshold.
 */
export const falseDaysPerThousand = [1, 5, 20] as const;

/** Highest values of a sample, in falling order, with the size of the whole. */
export interface Tail {
  readonly size: number;
  readonly highest: Float32Array;
}

/** Keeps what thresholds of up to `share` need. */
export function tailOf(values: Float32Array, share = 0.1): Tail {
  const sorted = values.slice().sort().reverse();
  return { size: values.length, highest: sorted.slice(0, Math.ceil(values.length * share) + 1) };
}

export function mergeTails(tails: readonly Tail[]): Tail {
  const size = tails.reduce((sum, tail) => sum + tail.size, 0);
  const highest = new Float32Array(tails.reduce((sum, tail) => sum + tail.highest.length, 0));
  let at = 0;
  for (const tail of tails) {
    highest.set(tail.highest, at);
    at += tail.highest.length;
  }
  return { size, highest: highest.sort().reverse() };
}

/**
 * The lowest threshold over which (strictly) at most this many of 1,000 clean days lie. Infinity for an
 * empty sample: without clean days nothing can be claimed.
 */
export function thresholdFor({ size, highest }: Tail, perThousand: number): number {
  if (size === 0) return Number.POSITIVE_INFINITY;
  const allowed = Math.floor((size * perThousand) / 1000);
  return highest[Math.min(allowed, highest.length - 1)] as number;
}

/** Share of attacks whose best score lies over the threshold; NaN without attacks. */
export function recallOver(best: readonly number[], threshold: number): number {
  if (best.length === 0) return Number.NaN;
  let found = 0;
  for (const bits of best) if (bits > threshold) found += 1;
  return found / best.length;
}
