import { type Fingerprint, fingerprint } from '../stats/hash.ts';

/**
 * Fingerprints of names that come again soon, one place each: comparing two equal strings costs a
 * fraction of hashing one. A name that lands on another's place simply takes it.
 */
export class FingerprintCache {
  readonly #seed: number;
  readonly #mask: number;
  readonly #texts: string[];
  readonly #low: Uint32Array;
  readonly #high: Uint32Array;

  /** `places` must be a power of two. */
  constructor(places: number, seed: number) {
    this.#seed = seed;
    this.#mask = places - 1;
    this.#texts = new Array<string>(places).fill('');
    this.#low = new Uint32Array(places);
    this.#high = new Uint32Array(places);
  }

  of(text: string, into: Fingerprint): Fingerprint {
    const place = this.#placeOf(text);
    if (this.#texts[place] === text && text !== '') {
      into.low = this.#low[place] as number;
      into.high = this.#high[place] as number;
      return into;
    }
    fingerprint(text, this.#seed, into);
    this.#texts[place] = text;
    this.#low[place] = into.low;
    this.#high[place] = into.high;
    return into;
  }

  /** By length and last letters, where names of one kind differ. */
  #placeOf(text: string): number {
    let place = text.length;
    for (let i = Math.max(0, text.length - 6); i < text.length; i += 1) {
      place = Math.imul(place ^ text.charCodeAt(i), 0x9e3779b1);
    }
    return (place ^ (place >>> 15)) & this.#mask;
  }
}
