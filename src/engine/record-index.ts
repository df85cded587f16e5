const none = 0xffffffff;
/** What is kept of a record beside it, as one run of words: finding it and moving it up touch one cache line. */
const entryWords = 8;
const lowAt = 0;
const highAt = 1;
/** Order of use: a doubly linked list over record numbers. */
const olderAt = 2;
const newerAt = 3;
const lastUsedAt = 4;
const changedAt = 5;
const firstEntries = 4096;
const firstPlaces = 16_384;

/** 64-bit key → record number, by open addressing; and the records in the order of their last use. */
export class RecordIndex {
  size = 0;
  #places = new Uint32Array(firstPlaces).fill(none);
  #entries = new Uint32Array(firstEntries * entryWords);
  #oldest = none;
  #newest = none;

  /** Number of the record longest unused, or −1. */
  get oldest(): number {
    return this.#oldest === none ? -1 : this.#oldest;
  }

  /** Number of the record of this key, or −1. */
  find(low: number, high: number): number {
    const places = this.#places;
    const entries = this.#entries;
    const mask = places.length - 1;
    for (let place = low & mask; ; place = (place + 1) & mask) {
      const record = places[place] as number;
      if (record === none) return -1;
      const entry = record * entryWords;
      if (entries[entry + lowAt] === low && entries[entry + highAt] === high) return record;
    }
  }

  /** Reads where `find` will look first; see fetch-ahead.ts. */
  fetch(low: number): number {
    return this.#places[low & (this.#places.length - 1)] as number;
  }

  add(record: number, low: number, high: number): void {
    this.size += 1;
    while ((record + 1) * entryWords > this.#entries.length) this.#growEntries();
    if (this.size * 2 > this.#places.length) this.#growPlaces();
    this.#set(record, lowAt, low);
    this.#set(record, highAt, high);
    this.#set(record, lastUsedAt, 0);
    this.#place(record);
    this.#append(record);
  }

  remove(record: number): void {
    this.size -= 1;
    this.#unlink(record);
    this.#displace(record);
    this.#set(record, changedAt, 0);
  }

  /** The record is used, and changed, at `nowS`: it becomes the newest. */
  use(record: number, nowS: number): void {
    this.#set(record, changedAt, 1);
    if (nowS > this.#get(record, lastUsedAt)) this.#set(record, lastUsedAt, nowS);
    if (this.#newest === record) return;
    this.#unlink(record);
    this.#append(record);
  }

  low(record: number): number {
    return this.#get(record, lowAt);
  }

  high(record: number): number {
    return this.#get(record, highAt);
  }

  lastUsedS(record: number): number {
    return this.#get(record, lastUsedAt);
  }

  isChanged(record: number): boolean {
    return this.#get(record, changedAt) === 1;
  }

  setUnchanged(record: number): void {
    this.#set(record, changedAt, 0);
  }

  /** Record numbers, the longest unused first. */
  *records(): Generator<number> {
    for (let record = this.#oldest; record !== none; record = this.#get(record, newerAt)) yield record;
  }

  #get(record: number, field: number): number {
    return this.#entries[record * entryWords + field] as number;
  }

  #set(record: number, field: number, value: number): void {
    this.#entries[record * entryWords + field] = value;
  }

  #growEntries(): void {
    const grown = new Uint32Array(this.#entries.length * 2);
    grown.set(this.#entries);
    this.#entries = grown;
  }

  #growPlaces(): void {
    this.#places = new Uint32Array(this.#places.length * 2).fill(none);
    for (const record of this.records()) this.#place(record);
  }

  #place(record: number): void {
    const mask = this.#places.length - 1;
    let place = this.#get(record, lowAt) & mask;
    while (this.#places[place] !== none) place = (place + 1) & mask;
    this.#places[place] = record;
  }

  /** Backward-shift deletion keeps probe chains whole without tombstones. */
  #displace(record: number): void {
    const places = this.#places;
    const mask = places.length - 1;
    let hole = this.#get(record, lowAt) & mask;
    while (places[hole] !== record) hole = (hole + 1) & mask;
    for (let place = (hole + 1) & mask; places[place] !== none; place = (place + 1) & mask) {
      const home = this.#get(places[place] as number, lowAt) & mask;
      if (((place - home) & mask) >= ((place - hole) & mask)) {
        places[hole] = places[place] as number;
        hole = place;
      }
    }
    places[hole] = none;
  }

  #append(record: number): void {
    this.#set(record, olderAt, this.#newest);
    this.#set(record, newerAt, none);
    if (this.#newest !== none) this.#set(this.#newest, newerAt, record);
    else this.#oldest = record;
    this.#newest = record;
  }

  #unlink(record: number): void {
    const older = this.#get(record, olderAt);
    const newer = this.#get(record, newerAt);
    if (older !== none) this.#set(older, newerAt, newer);
    else this.#oldest = newer;
    if (newer !== none) this.#set(newer, olderAt, older);
    else this.#newest = older;
  }
}
