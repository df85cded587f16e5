import { mix32 } from '../stats/hash.ts';
import type { PairTable } from './pair-table.ts';

const salt = 0x2c1b3c6d;
/** Added to every count, so that what nobody did yet is rare and not impossible. */
const halfSeen = 0.5;

/** How often everybody performs each operation: the background against which one credential's mix is read. */
export class OperationCounts {
  readonly #table: PairTable;
  #total = 0;
  #distinct = 0;
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
    const rest = Math.max(0, this.#total - ownTotal);
    const others = this.#entry < 0 ? 0 : Math.max(0, this.#table.amount(this.#entry) - own);
    return (others + halfSeen) / (rest + halfSeen * (this.#distinct + 1));
  }

  add(operation: number, hour: number, weight: number): void {
    const isHere = this.#entry >= 0 && this.#table.holds(this.#entry, operation, mix32(operation, salt));
    if (this.#entry < 0) this.#distinct += 1;
    const entry = isHere ? this.#entry : this.#table.claim(operation, mix32(operation, salt), hour);
    this.#table.use(entry, hour);
    this.#table.setAmount(entry, this.#table.amount(entry) + weight);
    this.#total += weight;
  }

  get totals(): { readonly total: number; readonly distinct: number } {
    return { total: this.#total, distinct: this.#distinct };
  }

  restore(total: number, distinct: number): void {
    this.#total = total;
    this.#distinct = distinct;
  }
}
