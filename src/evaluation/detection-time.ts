import { quantileSorted } from 'simple-statistics';
import type { EpisodeOutcome, Step } from './outcome.ts';

export interface Spread {
  readonly median: number;
  readonly p90: number;
}

/** How soon attacks were found; those never found count as infinitely late. */
export interface DetectionTime {
  readonly found: number;
  readonly all: number;
  readonly minutes: Spread;
  readonly attackerEvents: Spread;
  /** Distinct objects taken before detection. */
  readonly objects: Spread;
  /** Share of attacks found within these minutes of their first call. */
  readonly curve: readonly { readonly minutes: number; readonly share: number }[];
}

const curveMinutes = [0, 1, 2, 5, 10, 20, 30, 60, 120, 240, 480, 1440, 2880, 5760];

/** First score over the threshold; the running score is looked at on the 1st, 2nd, 4th, 8th … call of each hour and at its close. */
export function detectionOf({ steps }: EpisodeOutcome, thresholdBits: number): Step | undefined {
  return steps.find(({ bits }) => bits > thresholdBits);
}

export function detectionTime(episodes: readonly EpisodeOutcome[], thresholdBits: number): DetectionTime {
  const found = episodes.map((episode) => detectionOf(episode, thresholdBits));
  const spread = (of: (step: Step) => number): Spread => {
    const values = found
      .map((step) => (step === undefined ? Number.POSITIVE_INFINITY : of(step)))
      .sort((a, b) => a - b);
    if (values.length === 0) return { median: Number.NaN, p90: Number.NaN };
    return { median: quantileSorted(values, 0.5), p90: quantileSorted(values, 0.9) };
  };
  return {
    found: found.filter((step) => step !== undefined).length,
    all: episodes.length,
    minutes: spread(({ elapsedMs }) => elapsedMs / 60_000),
    attackerEvents: spread(({ attackerEvents }) => attackerEvents),
    objects: spread(({ objects }) => objects),
    curve: curveMinutes.map((minutes) => ({
      minutes,
      share:
        found.filter((step) => step !== undefined && step.elapsedMs <= minutes * 60_000).length /
        Math.max(1, episodes.length),
    })),
  };
}
