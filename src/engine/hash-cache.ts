/**
 * Hashes of texts that come again and again (routes, agents, addresses). Looking a text up costs a
 * fraction of hashing it; when the cache is full it starts over.
 */
export class HashCache {
  readonly #hashes = new Map<string, number>();
  readonly #limit: number;
  readonly #hash: (text: string) => number;

  constructor(limit: number, hash: (text: string) => number) {
    this.#limit = limit;
    this.#hash = hash;
  }

  of(text: string): number {
    const known = this.#hashes.get(text);
    if (known !== undefined) return known;
    const hash = this.#hash(text);
    if (this.#hashes.size >= this.#limit) this.#hashes.clear();
    this.#hashes.set(text, hash);
    return hash;
  }
}
