import { unseenShare } from '../stats/first-sight.ts';
import { addSights, earlierSights, lastingSights, noSights, recentSights, type Sights } from './sights.ts';

const dimensions = 16;
/** First sights by which a promise is believed before anything was seen. */
const prior = 0.5;

/**
 * How many first sights are to be expected of all credentials together. Each credential's own history promises
 * some (Pitman–Yor, see first-sight.ts). Where more came than was promised, by dimension, and where a value was
 * new before, that is learnt: what keeps coming is no change.
 */
export class NewsRate {
  readonly #promised = Array.from({ length: dimensions }, noSights);
  readonly #seen = Array.from({ length: dimensions }, noSights);

  /** One more active hour of a credential that shows something new with this chance. */
  promise(dimension: number, hour: number, chance: number): void {
    addSights(this.#promised[dimension] as Sights, chance, hour);
  }

  /** A credential showed something new. */
  saw(dimension: number, hour: number): void {
    addSights(this.#seen[dimension] as Sights, 1, hour);
  }

  /** First sights of any value that were promised of late. */
  promised(dimension: number, hour: number): number {
    return recentSights(this.#promised[dimension] as Sights, hour);
  }

  /** First sights of any value that came for each that was promised, before what goes on now; not less than the one. */
  kept(dimension: number, hour: number): number {
    const seen = earlierSights(this.#seen[dimension] as Sights, hour);
    const promised = earlierSights(this.#promised[dimension] as Sights, hour);
    return Math.max(1, (prior + seen) / (prior + promised));
  }

  /** Of each first sight that is promised, to be of one value: as common as it is in use, or as often as it was new before. */
  ofValue(dimension: number, hour: number, shareInUse: number, earlier: number): number {
    const promised = lastingSights(this.#promised[dimension] as Sights, hour);
    const asUsed = Math.max(shareInUse, unseenShare) * this.kept(dimension, hour);
    return Math.max(asUsed, earlier / (prior + promised));
  }

  toJson(): unknown {
    return { promised: this.#promised, seen: this.#seen };
  }

  /** What was stored before promises were compared with what came of them is learnt anew. */
  fromJson(stored: unknown): void {
    const { promised = [], seen = [] } = stored as { promised?: Sights[]; seen?: Sights[] };
    for (const [dimension, sights] of promised.entries()) this.#promised[dimension] = { ...sights };
    for (const [dimension, sights] of seen.entries()) this.#seen[dimension] = { ...sights };
  }
}
