/**
 * Whether a score in bits means what it says. The score is log-odds at even base rates, so hours of b bits
 * should hold attacks with probability p = r·2^b / (r·2^b + 1), r being the odds of an attacked hour in
 * these worlds; the model's table of thresholds promises a rate of false credential-days.
 */
export interface CalibrationBin {
  /** Mean score of the bin's hours. */
  readonly bits: number;
  readonly hours: number;
  readonly promised: number;
  readonly observed: number;
}

export function calibrationBins(scores: Float32Array, attacked: Uint8Array, widthBits = 2): CalibrationBin[] {
  let positives = 0;
  for (const label of attacked) positives += label;
  const odds = positives / Math.max(1, attacked.length - positives);
  const bins = new Map<number, { hours: number; sum: number; attacked: number }>();
  scores.forEach((bits, i) => {
    const key = Math.max(-20, Math.min(20, Math.floor(bits / widthBits)));
    const bin = bins.get(key) ?? { hours: 0, sum: 0, attacked: 0 };
    bin.hours += 1;
    bin.sum += bits;
    bin.attacked += attacked[i] as number;
    bins.set(key, bin);
  });
  return [...bins]
    .sort(([a], [b]) => a - b)
    .map(([, { hours, sum, attacked: hit }]) => {
      const bits = sum / hours;
      const against = odds * 2 ** bits;
      return { bits, hours, promised: against / (against + 1), observed: hit / hours };
    });
}

/** False credential-days per 1,000 that the model's own thresholds deliver on these worlds. */
export function promisedRates(
  rates: readonly { readonly perThousand: number; readonly bits: number }[],
  cleanDays: readonly Float32Array[],
): { readonly promised: number; readonly delivered: number }[] {
  const size = cleanDays.reduce((sum, days) => sum + days.length, 0);
  return rates.map(({ perThousand, bits }) => {
    let over = 0;
    for (const days of cleanDays) for (const score of days) if (score > bits) over += 1;
    return { promised: perThousand, delivered: (over / Math.max(1, size)) * 1000 };
  });
}
