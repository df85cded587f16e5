/**
 * Hashes of texts that come again and again (routes, agents, addresses). Looking a text up costs a
 * fraction of hashing it; when the cache is full it starts over.
 */
export class HashCache {
  readonly #hashes = new Map<string, number>();
  readonly #limit: number;
  readonly #hash: (text: string) => number;
  #lastText = '';
  #lastHash = 0;

  constructor(limit: number, hash: (text: string) => number) {
    this.#limit = limit;
    this.#hash = hash;
  }

  of(text: string): number {
    if (text === this.#lastText && this.#lastHash !== 0) return this.#lastHash;
    let hash = this.#hashes.get(text);
    if (hash === undefined) {
      hash = this.#hash(text);
      if (this.#hashes.size >= this.#limit) this.#hashes.clear();
      this.#hashes.set(text, hash);
    }
    this.#lastText = text;
    this.#lastHash = hash;
    return hash;
  }
}
