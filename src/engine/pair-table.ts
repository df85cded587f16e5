const ways = 8;
const pageBits = 7;
const entriesPerPage = 1 << pageBits;
const bytesPerEntry = 20;

/**
 * Bounded memory of pairs (credential, object), (object, last user), (group, value): 64-bit
 * fingerprints in sets of eight, each with a number, a mark and the hour of last use. A full set
 * drops its longest-unused entry. Exact fingerprints, not a Bloom filter: a filter that fills up
 * calls everything known, which is what a scraper would want.
 */
export class PairTable {
  evictions = 0;
  readonly #mask: number;
  readonly #worthHours: number;
  readonly #low: Uint32Array;
  readonly #high: Uint32Array;
  readonly #hour: Uint32Array;
  readonly #amount: Float32Array;
  readonly #mark: Uint32Array;
  readonly #dirty: Uint8Array;

  /**
   * `entries` is rounded up to a power of two; 20 bytes each. An entry unused for `worthHours` is no loss:
   * only younger ones count as evictions.
   */
  constructor(entries: number, worthHours: number) {
    this.#worthHours = worthHours;
    let sets = entriesPerPage / ways;
    while (sets * ways < entries) sets *= 2;
    this.#mask = sets - 1;
    const length = sets * ways;
    this.#low = new Uint32Array(length);
    this.#high = new Uint32Array(length);
    this.#hour = new Uint32Array(length);
    this.#amount = new Float32Array(length);
    this.#mark = new Uint32Array(length);
    this.#dirty = new Uint8Array(length / entriesPerPage);
  }

  get bytes(): number {
    return this.#low.length * bytesPerEntry;
  }

  /** Entry number, or −1. */
  find(low: number, high: number): number {
    const first = this.#setOf(low, high);
    for (let entry = first; entry < first + ways; entry += 1) {
      if (this.#low[entry] === low && this.#high[entry] === high && this.#hour[entry] !== 0) return entry;
    }
    return -1;
  }

  /** Entry number of the pair, made with amount and mark 0 when absent; `hour` becomes its last use. */
  claim(low: number, high: number, hour: number): number {
    const found = this.find(low, high);
    if (found >= 0) {
      if (hour > (this.#hour[found] as number)) this.#hour[found] = hour;
      this.#touch(found);
      return found;
    }
    const first = this.#setOf(low, high);
    let victim = first;
    for (let entry = first; entry < first + ways; entry += 1) {
      if ((this.#hour[entry] as number) < (this.#hour[victim] as number)) victim = entry;
    }
    if (hour - (this.#hour[victim] as number) <= this.#worthHours) this.evictions += 1;
    this.#low[victim] = low;
    this.#high[victim] = high;
    this.#hour[victim] = Math.max(1, hour);
    this.#amount[victim] = 0;
    this.#mark[victim] = 0;
    this.#touch(victim);
    return victim;
  }

  /** As `claim`, for an entry found a moment ago. */
  use(entry: number, hour: number): void {
    if (hour <= (this.#hour[entry] as number)) return;
    this.#hour[entry] = hour;
    this.#touch(entry);
  }

  lastHour(entry: number): number {
    return this.#hour[entry] as number;
  }

  amount(entry: number): number {
    return this.#amount[entry] as number;
  }

  setAmount(entry: number, amount: number): void {
    this.#amount[entry] = amount;
    this.#touch(entry);
  }

  mark(entry: number): number {
    return this.#mark[entry] as number;
  }

  setMark(entry: number, mark: number): void {
    this.#mark[entry] = mark;
    this.#touch(entry);
  }

  /** Pages changed since the last call, as bytes; then all are clean. */
  forEachDirtyPage(visit: (page: number, bytes: Uint8Array) => void): void {
    for (let page = 0; page < this.#dirty.length; page += 1) {
      if (this.#dirty[page] === 0) continue;
      this.#dirty[page] = 0;
      const bytes = new Uint8Array(entriesPerPage * bytesPerEntry);
      this.#columns().forEach((column, c) => {
        bytes.set(
          new Uint8Array(column.buffer, page * entriesPerPage * 4, entriesPerPage * 4),
          c * entriesPerPage * 4,
        );
      });
      visit(page, bytes);
    }
  }

  /** Throws RangeError when the page is of a table of another size. */
  restorePage(page: number, bytes: Uint8Array): void {
    if (page >= this.#dirty.length || bytes.byteLength !== entriesPerPage * bytesPerEntry) {
      throw new RangeError(`Stored page ${page} does not fit a table of ${this.#dirty.length} pages`);
    }
    this.#columns().forEach((column, c) => {
      new Uint8Array(column.buffer, page * entriesPerPage * 4, entriesPerPage * 4).set(
        bytes.subarray(c * entriesPerPage * 4, (c + 1) * entriesPerPage * 4),
      );
    });
  }

  #setOf(low: number, high: number): number {
    return ((Math.imul(low ^ (high >>> 15), 0x9e3779b1) ^ high) & this.#mask) * ways;
  }

  get pages(): number {
    return this.#dirty.length;
  }

  #columns() {
    return [this.#low, this.#high, this.#hour, this.#amount, this.#mark];
  }

  #touch(entry: number): void {
    this.#dirty[entry >>> pageBits] = 1;
  }
}
