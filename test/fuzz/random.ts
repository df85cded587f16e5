/** A small generator with a seed, so that a run can be repeated; not for anything but tests. */
export class SeededRandom {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0 || 1;
  }

  /** A whole number from 0 to `below` − 1. */
  below(below: number): number {
    // Marsaglia's xorshift with three shifts.
    let x = this.#state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.#state = x >>> 0;
    return below <= 1 ? 0 : this.#state % below;
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)] as T;
  }

  oneIn(n: number): boolean {
    return this.below(n) === 0;
  }
}
