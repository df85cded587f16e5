import { commonModeHalfLifeHours } from './population.ts';

const dimensions = 16;

/** How many first sights of a value are to be expected of all credentials together, by dimension, fading. */
export class NewsRate {
  readonly #amounts = new Float64Array(dimensions);
  readonly #hours = new Float64Array(dimensions);

  /** One more active hour of a credential that shows something new with this chance. */
  add(dimension: number, hour: number, chance: number): void {
    const before = this.expected(dimension, hour);
    this.#amounts[dimension] = before + chance;
    this.#hours[dimension] = Math.max(hour, this.#hours[dimension] as number);
  }

  expected(dimension: number, hour: number): number {
    return faded(this.#amounts[dimension] as number, hour - (this.#hours[dimension] as number));
  }

  toJson(): unknown {
    return { amounts: [...this.#amounts], hours: [...this.#hours] };
  }

  fromJson(stored: unknown): void {
    const { amounts, hours } = stored as { amounts: number[]; hours: number[] };
    this.#amounts.set(amounts);
    this.#hours.set(hours);
  }
}

/** What is left of an amount after `hours`. */
export function faded(amount: number, hours: number): number {
  return hours <= 0 ? amount : amount * 2 ** (-hours / commonModeHalfLifeHours);
}
