import { type Cells, numbersPerEvent, wordsPerEvent } from './cells.ts';

const nothing: readonly string[] = Object.freeze([]);

/** Reads the cells of one message, any event of it, its fields in the order in which they were written. */
export class CellReader {
  readonly #cells: Cells;
  readonly #known: readonly string[];
  readonly #lists = new Map<number, readonly string[]>();
  #word = 0;
  #number = 0;

  /** `known`: the texts both sides know, as they were with this message. */
  constructor(cells: Cells, known: readonly string[]) {
    this.#cells = cells;
    this.#known = known;
  }

  /** The fields of this event follow. */
  goTo(event: number): void {
    this.#word = event * wordsPerEvent;
    this.#number = event * numbersPerEvent;
  }

  /** What the writer was given for this field, and so of its type. */
  text<T extends string | null>(): T {
    const word = this.#cells.words[this.#word++] as number;
    return (word === 0 ? null : this.#textOf(word)) as T;
  }

  list(): readonly string[] {
    const word = this.#cells.words[this.#word++] as number;
    if (word === 0) return nothing;
    let list = this.#lists.get(word);
    if (list === undefined) {
      const length = this.#cells.lists[word - 1] as number;
      list = Array.from(this.#cells.lists.subarray(word, word + length), (each) => this.#textOf(each));
      this.#lists.set(word, list);
    }
    return list;
  }

  flag(): boolean {
    return this.#cells.words[this.#word++] === 1;
  }

  number(): number | null {
    const number = this.#cells.numbers[this.#number++] as number;
    return Number.isNaN(number) ? null : number;
  }

  #textOf(word: number): string {
    return word > 0 ? (this.#known[word - 1] as string) : (this.#cells.own[-1 - word] as string);
  }
}
