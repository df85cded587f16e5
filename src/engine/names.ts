/** Hash → readable text for explanations. Bounded: the oldest names go first. */
export class Names {
  evictions = 0;
  readonly #byHash = new Map<number, string>();
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  remember(hash: number, name: string): void {
    if (hash === 0 || this.#byHash.has(hash)) return;
    if (this.#byHash.size >= this.#limit) {
      const oldest = this.#byHash.keys().next();
      if (!oldest.done) this.#byHash.delete(oldest.value);
      this.evictions += 1;
    }
    this.#byHash.set(hash, name);
  }

  has(hash: number): boolean {
    return this.#byHash.has(hash);
  }

  of(hash: number): string {
    return this.#byHash.get(hash) ?? 'a value no longer remembered';
  }

  entries(): readonly (readonly [number, string])[] {
    return [...this.#byHash];
  }
}
