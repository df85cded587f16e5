import { BoundedMap } from './bounded-map.ts';

/** Hash → readable text for explanations. Bounded: the oldest names go first. */
export class Names {
  readonly #byHash: BoundedMap<number, string>;

  constructor(limit: number) {
    this.#byHash = new BoundedMap(limit);
  }

  get evictions(): number {
    return this.#byHash.evictions;
  }

  remember(hash: number, name: string): void {
    if (hash !== 0 && !this.#byHash.has(hash)) this.#byHash.set(hash, name);
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
