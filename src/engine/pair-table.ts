const ways = 8;
/** A set is one run of words: eight low halves, eight high halves, hours, amounts, marks. */
const highAt = ways;
const hourAt = 2 * ways;
const amountAt = 3 * ways;
const markAt = 4 * ways;
const wordsPerSet = 5 * ways;
const setsPerPage = 16;
const lineWords = 16;
const smallestSets = 1024;

/**
 * Bounded memory of pairs (credential, object), (object, last user), (group, value): 64-bit
 * fingerprints in sets of eight, each with a number, a mark and the hour of last use. Starts small and
 * doubles up to its bound; then a full set drops its longest-unused entry. Exact fingerprints, not a
 * Bloom filter: a filter that fills up calls everything known, which is what a scraper would want.
 *
 * An entry is known by the word its low half lies in; it holds until the next `claim`.
 */
export class PairTable {
  evictions = 0;
  readonly #maxSets: number;
  readonly #worthHours: number;
  #mask: number;
  #words: Uint32Array;
  #floats: Float32Array;
  #dirty: Uint8Array;
  #used = 0;

  /**
   * `entries` is rounded up to a power of two; 20 bytes each. An entry unused for `worthHours` is no loss:
   * only younger ones count as evictions.
   */
  constructor(entries: number, worthHours: number) {
    let sets = setsPerPage;
    while (sets * ways < entries) sets *= 2;
    this.#maxSets = sets;
    this.#worthHours = worthHours;
    const start = Math.min(sets, smallestSets);
    this.#mask = start - 1;
    this.#words = new Uint32Array(start * wordsPerSet);
    this.#floats = new Float32Array(this.#words.buffer);
    this.#dirty = new Uint8Array(start / setsPerPage);
  }

  get bytes(): number {
    return this.#words.byteLength;
  }

  /** Entry, or −1. */
  find(low: number, high: number): number {
    const words = this.#words;
    const first = this.#setOf(low, high);
    for (let entry = first; entry < first + ways; entry += 1) {
      if (words[entry] === low && words[entry + highAt] === high && words[entry + hourAt] !== 0) return entry;
    }
    return -1;
  }

  /** Reads from every cache line of the pair's set; see fetch-ahead.ts. */
  fetch(low: number, high: number): number {
    const words = this.#words;
    const first = this.#setOf(low, high);
    return (
      (words[first] as number) ^
      (words[first + lineWords] as number) ^
      (words[first + 2 * lineWords] as number)
    );
  }

  /** Whether an entry found earlier is still this pair's: others' claims may have moved it. */
  holds(entry: number, low: number, high: number): boolean {
    return this.#words[entry] === low && this.#words[entry + highAt] === high;
  }

  /** Entry of the pair, made with amount and mark 0 when absent; `hour` becomes its last use. */
  claim(low: number, high: number, hour: number): number {
    const found = this.find(low, high);
    if (found >= 0) {
      this.use(found, hour);
      return found;
    }
    return this.add(low, high, hour);
  }

  /** As `claim`, for a pair that `find` has just not found. */
  add(low: number, high: number, hour: number): number {
    if (this.#used * 2 > (this.#mask + 1) * ways && this.#mask + 1 < this.#maxSets)
      this.#resize((this.#mask + 1) * 2);
    const words = this.#words;
    const first = this.#setOf(low, high);
    let victim = first;
    for (let entry = first; entry < first + ways; entry += 1) {
      if ((words[entry + hourAt] as number) < (words[victim + hourAt] as number)) victim = entry;
    }
    if (words[victim + hourAt] === 0) this.#used += 1;
    else if (hour - (words[victim + hourAt] as number) <= this.#worthHours) this.evictions += 1;
    words[victim] = low;
    words[victim + highAt] = high;
    words[victim + hourAt] = Math.max(1, hour);
    words[victim + amountAt] = 0;
    words[victim + markAt] = 0;
    this.#touch(victim);
    return victim;
  }

  /** As `claim`, for an entry found a moment ago. */
  use(entry: number, hour: number): void {
    if (hour <= (this.#words[entry + hourAt] as number)) return;
    this.#words[entry + hourAt] = hour;
    this.#touch(entry);
  }

  lastHour(entry: number): number {
    return this.#words[entry + hourAt] as number;
  }

  amount(entry: number): number {
    return this.#floats[entry + amountAt] as number;
  }

  setAmount(entry: number, amount: number): void {
    this.#floats[entry + amountAt] = amount;
    this.#touch(entry);
  }

  mark(entry: number): number {
    return this.#words[entry + markAt] as number;
  }

  setMark(entry: number, mark: number): void {
    this.#words[entry + markAt] = mark;
    this.#touch(entry);
  }

  /** Pages changed since the last call, as bytes; then all are clean. */
  forEachDirtyPage(visit: (page: number, bytes: Uint8Array) => void): void {
    for (let page = 0; page < this.#dirty.length; page += 1) {
      if (this.#dirty[page] === 0) continue;
      this.#dirty[page] = 0;
      visit(page, this.#pageBytes(page).slice());
    }
  }

  get pages(): number {
    return this.#dirty.length;
  }

  /** Makes room for a stored table of this many pages. Throws RangeError when it is above the bound. */
  expectPages(pages: number): void {
    if (pages * setsPerPage > this.#maxSets) {
      throw new RangeError(
        `Stored table has ${pages} pages, at most ${this.#maxSets / setsPerPage} are configured`,
      );
    }
    if (pages > this.pages) this.#resize(pages * setsPerPage);
  }

  restorePage(page: number, bytes: Uint8Array): void {
    this.#pageBytes(page).set(bytes);
    const from = page * setsPerPage * wordsPerSet;
    for (let set = from; set < from + setsPerPage * wordsPerSet; set += wordsPerSet) {
      for (let way = 0; way < ways; way += 1) if (this.#words[set + way + hourAt] !== 0) this.#used += 1;
    }
  }

  #pageBytes(page: number): Uint8Array {
    const length = setsPerPage * wordsPerSet * 4;
    return new Uint8Array(this.#words.buffer, page * length, length);
  }

  #resize(sets: number): void {
    const old = this.#words;
    this.#words = new Uint32Array(sets * wordsPerSet);
    this.#floats = new Float32Array(this.#words.buffer);
    this.#mask = sets - 1;
    this.#dirty = new Uint8Array(sets / setsPerPage).fill(1);
    this.#used = 0;
    for (let set = 0; set < old.length; set += wordsPerSet) {
      for (let entry = set; entry < set + ways; entry += 1) {
        const hour = old[entry + hourAt] as number;
        if (hour === 0) continue;
        const moved = this.#emptyOf(old[entry] as number, old[entry + highAt] as number);
        for (let at = 0; at < wordsPerSet; at += ways) this.#words[moved + at] = old[entry + at] as number;
        this.#used += 1;
      }
    }
  }

  /** Doubling never overfills: a set's entries go to two sets. */
  #emptyOf(low: number, high: number): number {
    let entry = this.#setOf(low, high);
    while (this.#words[entry + hourAt] !== 0) entry += 1;
    return entry;
  }

  #setOf(low: number, high: number): number {
    return ((Math.imul(low ^ (high >>> 15), 0x9e3779b1) ^ high) & this.#mask) * wordsPerSet;
  }

  #touch(entry: number): void {
    this.#dirty[(entry / (setsPerPage * wordsPerSet)) | 0] = 1;
  }
}
