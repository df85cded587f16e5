/** Cells of one event: see event-cells.ts. */
export const wordsPerEvent = 70;
export const numbersPerEvent = 16;

/**
 * Events in columns that cross to another thread without being copied or walked through. A word is a flag,
 * a list's place, or a text: 0 for null, above it a number both sides know, below it a text of this message.
 */
export interface Cells {
  readonly words: Int32Array<ArrayBuffer>;
  /** NaN for null. */
  readonly numbers: Float64Array<ArrayBuffer>;
  /** Texts that only this message has. */
  readonly own: readonly string[];
  /** Lists one after the other: the length, then the texts. */
  readonly lists: Int32Array<ArrayBuffer>;
}
