import { mix32 } from '../stats/hash.ts';
import type { PairTable } from './pair-table.ts';

const salt = 0x2c1b3c6d;

/** How often everybody performs each operation: the background against which one credential's mix is read. */
export class OperationCounts {
  readonly #table: PairTable;
  #total = 0;

  constructor(table: PairTable) {
    this.#table = table;
  }

  share(operation: number): number {
    const entry = this.#table.find(operation, mix32(operation, salt));
    return entry < 0 || this.#total === 0 ? 0 : this.#table.amount(entry) / this.#total;
  }

  add(operation: number, hour: number, weight: number): void {
    const entry = this.#table.claim(operation, mix32(operation, salt), hour);
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
