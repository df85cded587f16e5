import type { RecordLayout } from './record-layout.ts';

const recordsPerSlab = 4096;
const empty = 0xffffffff;

interface Slab {
  readonly f32: Float32Array;
  readonly u32: Uint32Array;
  readonly f64: Float64Array;
  readonly i16: Int16Array;
}

export interface Evictions {
  idle: number;
  full: number;
}

/**
 * Key → fixed-size record: 64-bit fingerprints in an open-addressing index, records in slabs of one
 * ArrayBuffer each. Bounded: at `maxRecords` the longest-idle record makes room, and records idle for
 * longer than `idleMs` go anyway. Records are linked in order of use, so both are O(1).
 */
export class EntityStore {
  readonly evictions: Evictions = { idle: 0, full: 0 };
  readonly #layout: RecordLayout;
  readonly #maxRecords: number;
  readonly #slabs: Slab[] = [];
  readonly #free: number[] = [];
  #next = 0;
  #count = 0;
  #index: Uint32Array;
  #low: Uint32Array;
  #high: Uint32Array;
  /** Order of use: a doubly linked list over record numbers. */
  #older: Uint32Array;
  #newer: Uint32Array;
  #lastUsedS: Uint32Array;
  #oldest = empty;
  #newest = empty;
  #dirty: Uint8Array;

  constructor(layout: RecordLayout, maxRecords: number) {
    this.#layout = layout;
    this.#maxRecords = Math.max(1, maxRecords);
    this.#index = new Uint32Array(16_384).fill(empty);
    this.#low = new Uint32Array(recordsPerSlab);
    this.#high = new Uint32Array(recordsPerSlab);
    this.#older = new Uint32Array(recordsPerSlab);
    this.#newer = new Uint32Array(recordsPerSlab);
    this.#lastUsedS = new Uint32Array(recordsPerSlab);
    this.#dirty = new Uint8Array(recordsPerSlab);
  }

  get size(): number {
    return this.#count;
  }

  /** Bytes held for records, allocated slabs included. */
  get bytes(): number {
    return this.#slabs.length * recordsPerSlab * this.#layout.words * 4;
  }

  /** Moves the layout's cursor to the key's record; its number, or −1 when there is none. */
  find(low: number, high: number, nowS: number): number {
    const found = this.#find(low, high);
    if (found === empty) return -1;
    this.#touch(found, nowS);
    this.#seek(found);
    return found;
  }

  /**
   * Moves the layout's cursor to the key's record, creating a zeroed one where there is none.
   * Returns the record number, negative (−1 − number) when it was created.
   */
  locate(low: number, high: number, nowS: number): number {
    const found = this.find(low, high, nowS);
    if (found >= 0) return found;
    const record = this.#allocate();
    this.#low[record] = low;
    this.#high[record] = high;
    this.#insert(record);
    this.#append(record);
    this.#touch(record, nowS);
    this.#seek(record);
    return -1 - record;
  }

  /** Moves the cursor to a record by its number. */
  seek(record: number): void {
    this.#seek(record);
  }

  /** Drops records not used since `beforeS`; `forget` is told each record's number first. */
  evictIdle(beforeS: number, forget: (record: number) => void): void {
    while (this.#oldest !== empty && (this.#lastUsedS[this.#oldest] as number) < beforeS) {
      const record = this.#oldest;
      forget(record);
      this.#drop(record);
      this.evictions.idle += 1;
    }
  }

  /** Calls `visit` for every record changed since the last call, cursor in place; then all are clean. */
  forEachDirty(visit: (low: number, high: number, lastUsedS: number, bytes: Uint8Array) => void): void {
    for (let record = this.#oldest; record !== empty; record = this.#newer[record] as number) {
      if (this.#dirty[record] === 0) continue;
      this.#dirty[record] = 0;
      visit(
        this.#low[record] as number,
        this.#high[record] as number,
        this.#lastUsedS[record] as number,
        this.#bytesOf(record),
      );
    }
  }

  /** Keys of records evicted since the last call, for the checkpoint to remove. */
  takeEvicted(): readonly (readonly [low: number, high: number])[] {
    const evicted = this.#evicted;
    this.#evicted = [];
    return evicted;
  }

  /** Puts a stored record back. Call in ascending order of `lastUsedS`. */
  restore(low: number, high: number, lastUsedS: number, bytes: Uint8Array): void {
    this.locate(low, high, lastUsedS);
    this.#bytesOf(this.#newest).set(bytes);
    this.#dirty[this.#newest] = 0;
  }

  #evicted: (readonly [number, number])[] = [];

  #seek(record: number): void {
    const slab = this.#slabs[(record / recordsPerSlab) | 0] as Slab;
    const cursor = this.#layout.cursor;
    cursor.f32 = slab.f32;
    cursor.u32 = slab.u32;
    cursor.f64 = slab.f64;
    cursor.i16 = slab.i16;
    cursor.word = (record % recordsPerSlab) * this.#layout.words;
  }

  #bytesOf(record: number): Uint8Array {
    const slab = this.#slabs[(record / recordsPerSlab) | 0] as Slab;
    const length = this.#layout.words * 4;
    return new Uint8Array(slab.u32.buffer, (record % recordsPerSlab) * length, length);
  }

  #find(low: number, high: number): number {
    const mask = this.#index.length - 1;
    for (let slot = low & mask; ; slot = (slot + 1) & mask) {
      const record = this.#index[slot] as number;
      if (record === empty) return empty;
      if (this.#low[record] === low && this.#high[record] === high) return record;
    }
  }

  #insert(record: number): void {
    const mask = this.#index.length - 1;
    let slot = (this.#low[record] as number) & mask;
    while (this.#index[slot] !== empty) slot = (slot + 1) & mask;
    this.#index[slot] = record;
  }

  #allocate(): number {
    if (this.#count >= this.#maxRecords) {
      this.#drop(this.#oldest);
      this.evictions.full += 1;
    }
    this.#count += 1;
    const record = this.#free.pop() ?? this.#next++;
    if (record >= this.#low.length) this.#growKeys();
    if (((record / recordsPerSlab) | 0) >= this.#slabs.length) this.#addSlab();
    if (this.#count * 2 > this.#index.length) this.#growIndex();
    const bytes = this.#bytesOf(record);
    bytes.fill(0);
    return record;
  }

  #addSlab(): void {
    const buffer = new ArrayBuffer(recordsPerSlab * this.#layout.words * 4);
    this.#slabs.push({
      f32: new Float32Array(buffer),
      u32: new Uint32Array(buffer),
      f64: new Float64Array(buffer),
      i16: new Int16Array(buffer),
    });
  }

  #growKeys(): void {
    const length = this.#low.length * 2;
    const grow = (from: Uint32Array) => {
      const to = new Uint32Array(length);
      to.set(from);
      return to;
    };
    this.#low = grow(this.#low);
    this.#high = grow(this.#high);
    this.#older = grow(this.#older);
    this.#newer = grow(this.#newer);
    this.#lastUsedS = grow(this.#lastUsedS);
    const dirty = new Uint8Array(length);
    dirty.set(this.#dirty);
    this.#dirty = dirty;
  }

  #growIndex(): void {
    this.#index = new Uint32Array(this.#index.length * 2).fill(empty);
    for (let r = this.#oldest; r !== empty; r = this.#newer[r] as number) this.#insert(r);
  }

  #touch(record: number, nowS: number): void {
    this.#dirty[record] = 1;
    if (nowS > (this.#lastUsedS[record] as number)) this.#lastUsedS[record] = nowS;
    if (this.#newest === record) return;
    this.#unlink(record);
    this.#append(record);
  }

  #append(record: number): void {
    this.#older[record] = this.#newest;
    this.#newer[record] = empty;
    if (this.#newest !== empty) this.#newer[this.#newest] = record;
    else this.#oldest = record;
    this.#newest = record;
  }

  #unlink(record: number): void {
    const older = this.#older[record] as number;
    const newer = this.#newer[record] as number;
    if (older !== empty) this.#newer[older] = newer;
    else this.#oldest = newer;
    if (newer !== empty) this.#older[newer] = older;
    else this.#newest = older;
  }

  #drop(record: number): void {
    this.#evicted.push([this.#low[record] as number, this.#high[record] as number]);
    this.#unlink(record);
    this.#removeFromIndex(record);
    this.#lastUsedS[record] = 0;
    this.#dirty[record] = 0;
    this.#free.push(record);
    this.#count -= 1;
  }

  /** Backward-shift deletion keeps probe chains whole without tombstones. */
  #removeFromIndex(record: number): void {
    const mask = this.#index.length - 1;
    let hole = (this.#low[record] as number) & mask;
    while (this.#index[hole] !== record) hole = (hole + 1) & mask;
    for (let slot = (hole + 1) & mask; this.#index[slot] !== empty; slot = (slot + 1) & mask) {
      const home = (this.#low[this.#index[slot] as number] as number) & mask;
      if (((slot - home) & mask) >= ((slot - hole) & mask)) {
        this.#index[hole] = this.#index[slot] as number;
        hole = slot;
      }
    }
    this.#index[hole] = empty;
  }
}
