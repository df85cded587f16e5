/**
 * The days of a log on which something happened, one bit each: order does not matter. Days are those that
 * decoding lets through (from the year 2000 to today), so it stays at a few hundred words.
 */
export class DaySet {
  readonly #words: number[] = [];
  /** Number of the 32-day word that stands first. */
  #first = 0;

  add(day: number): void {
    const word = day >>> 5;
    if (this.#words.length === 0) this.#first = word;
    for (; word < this.#first; this.#first -= 1) this.#words.unshift(0);
    for (let end = this.#first + this.#words.length; end <= word; end += 1) this.#words.push(0);
    const at = word - this.#first;
    this.#words[at] = (this.#words[at] as number) | (1 << (day & 31));
  }

  get size(): number {
    return this.all().length;
  }

  all(): number[] {
    const days: number[] = [];
    this.#words.forEach((word, n) => {
      for (let bit = 0; bit < 32; bit += 1) if ((word >>> bit) & 1) days.push((this.#first + n) * 32 + bit);
    });
    return days;
  }

  /** The most days in a row without use between two days of use. */
  longestGap(): number {
    const days = this.all();
    return days.reduce(
      (most, day, n) => (n === 0 ? 0 : Math.max(most, day - (days[n - 1] as number) - 1)),
      0,
    );
  }
}
