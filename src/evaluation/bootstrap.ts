import { quantile } from 'simple-statistics';
import type { Random } from '../simulation/random.ts';
import type { WorldOutcome } from './outcome.ts';
import { mergeTails, recallOver, type Tail, tailOf, thresholdFor } from './recall.ts';

export interface Interval {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** One attack of the draw: an episode, or all episodes of a campaign (they stand or fall together). */
export type Unit = readonly number[];

export interface Sample {
  readonly tail: Tail;
  /** Best scores of the attacks, grouped in units. */
  readonly units: readonly Unit[];
}

/** What one method's recall in one world depends on. */
export function sampleOf(
  world: WorldOutcome,
  method: number,
  wanted: (episode: WorldOutcome['episodes'][number]) => boolean,
): Sample {
  const groups = new Map<string, number[]>();
  world.episodes.forEach((episode, e) => {
    if (!wanted(episode)) return;
    const key = episode.campaign ?? `${e}`;
    const group = groups.get(key) ?? [];
    group.push(episode.best[method] as number);
    groups.set(key, group);
  });
  return { tail: tailOf(world.cleanDays[method] as Float32Array), units: [...groups.values()] };
}

export function recallOf(samples: readonly Sample[], perThousand: number): number {
  const threshold = thresholdFor(mergeTails(samples.map(({ tail }) => tail)), perThousand);
  return recallOver(
    samples.flatMap(({ units }) => units.flat()),
    threshold,
  );
}

/**
 * 95 % bootstrap interval of the recall: worlds are drawn with replacement, then attacks inside each, and
 * the threshold is set anew on the drawn worlds' clean days. With one world only the attacks vary.
 */
export function recallInterval(
  samples: readonly Sample[],
  perThousand: number,
  random: Random,
  rounds = 300,
): Interval {
  const pick = (size: number) => Math.floor(random.next() * size);
  const draws: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const worlds = samples.map(() => samples[pick(samples.length)] as Sample);
    const threshold = thresholdFor(mergeTails(worlds.map(({ tail }) => tail)), perThousand);
    const best = worlds.flatMap(({ units }) => units.flatMap(() => units[pick(units.length)] as Unit));
    if (best.length > 0) draws.push(recallOver(best, threshold));
  }
  const value = recallOf(samples, perThousand);
  if (draws.length === 0) return { value, low: value, high: value };
  return { value, low: quantile(draws, 0.025), high: quantile(draws, 0.975) };
}
