import { type Cells, numbersPerEvent, wordsPerEvent } from './cells.ts';
import type { TextNumbers } from './text-numbers.ts';

/** Writes the cells of one message; fields come in one fixed order. */
export class CellWriter {
  #events = 0;
  #words: Int32Array<ArrayBuffer>;
  #numbers: Float64Array<ArrayBuffer>;
  readonly #own: string[] = [];
  readonly #lists: number[] = [];
  readonly #known: TextNumbers;
  /** What each field held last, and its word. */
  readonly #lastLists = new Array<readonly string[] | undefined>(wordsPerEvent).fill(undefined);
  readonly #lastWords = new Int32Array(wordsPerEvent);
  #field = 0;
  #word = 0;
  #number = 0;

  /** `room`: events there is space for before it has to grow. */
  constructor(known: TextNumbers, room: number) {
    this.#known = known;
    this.#words = new Int32Array(room * wordsPerEvent);
    this.#numbers = new Float64Array(room * numbersPerEvent);
  }

  get events(): number {
    return this.#events;
  }

  cells(): Cells {
    return {
      words: this.#words,
      numbers: this.#numbers,
      own: this.#own,
      lists: Int32Array.from(this.#lists),
    };
  }

  /** The fields of the next event follow. */
  begin(): void {
    if (this.#word === this.#words.length) this.#grow();
    this.#events += 1;
    this.#field = 0;
  }

  /** A text that other events are likely to have too. */
  text(text: string | null): void {
    const field = this.#field++;
    const place = this.#word++;
    if (text === null) return;
    this.#words[place] = this.#wordOf(text, field);
  }

  /** A text of this event alone, or nearly: numbering it would only fill the list. */
  ownText(text: string | null): void {
    this.#field++;
    const place = this.#word++;
    if (text === null) return;
    // An event's id and its request's are most often one.
    if (this.#own.at(-1) !== text) this.#own.push(text);
    this.#words[place] = -this.#own.length;
  }

  list(list: readonly string[]): void {
    const field = this.#field++;
    const place = this.#word++;
    if (list.length === 0) return;
    if (!isSame(list, this.#lastLists[field])) {
      this.#lastLists[field] = list;
      this.#lastWords[field] = this.#lists.length + 1;
      this.#lists.push(list.length);
      for (const text of list) this.#lists.push(this.#wordOf(text, field));
    }
    this.#words[place] = this.#lastWords[field] as number;
  }

  flag(flag: boolean): void {
    this.#field++;
    this.#words[this.#word++] = flag ? 1 : 0;
  }

  number(number: number | null): void {
    this.#numbers[this.#number++] = number ?? Number.NaN;
  }

  #wordOf(text: string, field: number): number {
    const number = this.#known.of(text, field);
    return number === 0 ? -this.#own.push(text) : number;
  }

  #grow(): void {
    const words = new Int32Array(this.#words.length * 2);
    words.set(this.#words);
    this.#words = words;
    const numbers = new Float64Array(this.#numbers.length * 2);
    numbers.set(this.#numbers);
    this.#numbers = numbers;
  }
}

function isSame(list: readonly string[], last: readonly string[] | undefined): boolean {
  if (list === last) return true;
  if (last === undefined || list.length !== last.length) return false;
  for (let n = 0; n < list.length; n += 1) if (list[n] !== last[n]) return false;
  return true;
}
