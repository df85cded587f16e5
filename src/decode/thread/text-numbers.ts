import { wordsPerEvent } from './cells.ts';

const mostTextsKept = 16_384;
const longestText = 128;
/** A power of two. */
const placesPerField = 64;

/** What the other side adds to its own list before it reads a message. */
export interface NewTexts {
  /** Numbers begin at 1 again: what was told before is forgotten. */
  readonly startsOver: boolean;
  /** Their numbers follow on. */
  readonly texts: readonly string[];
}

/**
 * Numbers for texts that come again and again (routes, agents, networks), so that each crosses to the other
 * thread once. Both sides number alike, from 1; when the list is full it starts over with the next message.
 */
export class TextNumbers {
  readonly #numbers = new Map<string, number>();
  /** Latest texts of each field and their numbers: most come again soon, and are found without hashing them. */
  readonly #latest = new Array<string>(wordsPerEvent * placesPerField).fill('');
  readonly #latestNumbers = new Int32Array(wordsPerEvent * placesPerField);
  readonly #mostTexts: number;
  #fresh: string[] = [];
  #startsOver = true;
  #isFull = false;

  constructor(mostTexts = mostTextsKept) {
    this.#mostTexts = mostTexts;
  }

  /** 0 for a text that is too long to keep, or when there is no room. */
  of(text: string, field: number): number {
    const place = field * placesPerField + (spread(text) & (placesPerField - 1));
    if (this.#latest[place] === text) return this.#latestNumbers[place] as number;
    const number = this.#numberOf(text);
    this.#latest[place] = text;
    this.#latestNumbers[place] = number;
    return number;
  }

  #numberOf(text: string): number {
    // Before the look-up, which would hash all of it.
    if (text.length > longestText) return 0;
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    if (this.#numbers.size >= this.#mostTexts) {
      this.#isFull = true;
      return 0;
    }
    this.#fresh.push(text);
    this.#numbers.set(text, this.#numbers.size + 1);
    return this.#numbers.size;
  }

  /** What goes with the message that uses these numbers; from here on they are the next one's. */
  take(): NewTexts {
    const news = { startsOver: this.#startsOver, texts: this.#fresh };
    this.#fresh = [];
    this.#startsOver = this.#isFull;
    if (this.#isFull) {
      this.#numbers.clear();
      this.#latest.fill('');
      this.#latestNumbers.fill(0);
    }
    this.#isFull = false;
    return news;
  }
}

/** Ids differ at their end, names in the middle. */
function spread(text: string): number {
  const { length } = text;
  return length + text.charCodeAt(length - 1) * 5 + text.charCodeAt(length >> 1) * 3;
}
