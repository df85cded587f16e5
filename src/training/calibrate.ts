import type { Model } from '../../schemas/model.ts';

/** What the worlds for validation showed of one set of weights. */
export interface Validated {
  /** Highest score of every clean credential-day. */
  readonly cleanDays: Float32Array;
  /** The same of credentials known for less than a day of use, while the stream of logs is young. */
  readonly coldDays: Float32Array;
  readonly episodes: readonly { readonly violation: boolean; readonly best: number }[];
}

interface Rate {
  readonly perThousand: number;
  readonly bits: number;
  readonly recall: number;
}

export interface Calibrated {
  readonly calibration: Model['calibration'];
  readonly figures: Model['provenance']['figures'];
  readonly rates: readonly Rate[];
  readonly attacks: number;
  readonly cleanDays: number;
  readonly coldDays: number;
}

const perThousands = [0.5, 1, 2, 5, 10, 20, 50];

/**
 * The scores that so many of 1,000 clean credential-days exceed, and what is found at each. `begun`: worlds in which
 * nobody is known yet; of them only the cold days count, for what is asked of cold credentials is asked there.
 */
export function calibrate(
  worlds: readonly Validated[],
  begun: readonly Pick<Validated, 'coldDays'>[],
): Calibrated {
  const clean = worlds.map(({ cleanDays }) => cleanDays);
  const cold = begun.map(({ coldDays }) => coldDays);
  const episodes = worlds.flatMap((world) => world.episodes).filter(({ violation }) => !violation);
  const rates = perThousands.map((perThousand): Rate => {
    const bits = exceededBy(clean, perThousand);
    const found = episodes.filter(({ best }) => best > bits).length;
    return { perThousand, bits, recall: found / Math.max(1, episodes.length) };
  });
  const at = (perThousand: number) => rates.find((rate) => rate.perThousand === perThousand) as Rate;
  return {
    calibration: {
      startThresholdBits: rounded(at(1).bits),
      coldThresholdBits: rounded(exceededBy(cold, 0.5)),
      stepBits: rounded(Math.max(0.05, (at(1).bits - at(20).bits) / Math.log2(20) / 4)),
      rates: rates.map(({ perThousand, bits }) => ({ perThousand, bits: rounded(bits) })),
    },
    figures: { recallAt1: at(1).recall, recallAt5: at(5).recall, recallAt20: at(20).recall },
    rates,
    attacks: episodes.length,
    cleanDays: sizeOf(clean),
    coldDays: sizeOf(cold),
  };
}

function exceededBy(days: readonly Float32Array[], perThousand: number): number {
  const all = Float32Array.from(days.flatMap((some) => [...some])).sort();
  return all[Math.max(0, Math.ceil(all.length * (1 - perThousand / 1000)) - 1)] ?? 0;
}

const sizeOf = (days: readonly Float32Array[]) => days.reduce((sum, some) => sum + some.length, 0);

const rounded = (bits: number) => Number(bits.toFixed(3));
