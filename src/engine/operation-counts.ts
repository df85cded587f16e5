import { mix32 } from '../stats/hash.ts';
import type { PairTable } from './pair-table.ts';

const salt = 0x2c1b3c6d;

/** How often everybody performs each operation: the background against which one credential's mix is read. */
export class OperationCounts {
  readonly #table: PairTable;
  #total = 0;
  #entry = -1;

  constructor(table: PairTable) {
    this.#table = table;
  }

  /**
   * Share among all others than the one who performed it `own` times out of `ownTotal`; otherwise the
   * owner would hide in a small fleet's crowd. Remembers where it lies for the `add` of the same event.
   */
  shareOfOthers(operation: number, own: number, ownTotal: number): number {
    this.#entry = this.#table.find(operation, mix32(operation, salt));
    const rest = this.#total - ownTotal;
    return this.#entry < 0 || rest < 1 ? 0 : Math.max(0, this.#table.amount(this.#entry) - own) / rest;
  }

  add(operation: number, hour: number, weight: number): void {
    const isHere = this.#entry >= 0 && this.#table.find(operation, mix32(operation, salt)) === this.#entry;
    const entry = isHere ? this.#entry : this.#table.claim(operation, mix32(operation, salt), hour);
    this.#table.use(entry, hour);
    this.#table.setAmount(entry, this.#table.amount(entry) + weight);
    this.#total += weight;
  }

  get total(): number {
    return this.#total;
  }

  restore(total: number): void {
    this.#total = total;
  }
}
