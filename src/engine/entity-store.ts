import { RecordIndex } from './record-index.ts';
import type { RecordLayout } from './record-layout.ts';

const recordsPerSlab = 4096;
const lineWords = 16;

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
 * Key → fixed-size record, in slabs of one ArrayBuffer each. Bounded: at `maxRecords` the longest-idle
 * record makes room, and records idle for longer than `idleMs` go anyway; both are O(1).
 */
export class EntityStore {
  readonly evictions: Evictions = { idle: 0, full: 0 };
  readonly #layout: RecordLayout;
  readonly #maxRecords: number;
  readonly #index = new RecordIndex();
  readonly #slabs: Slab[] = [];
  readonly #free: number[] = [];
  #next = 0;
  #evicted: (readonly [number, number])[] = [];

  constructor(layout: RecordLayout, maxRecords: number) {
    this.#layout = layout;
    this.#maxRecords = Math.max(1, maxRecords);
  }

  get size(): number {
    return this.#index.size;
  }

  /** Bytes held for records, allocated slabs included. */
  get bytes(): number {
    return this.#slabs.length * recordsPerSlab * this.#layout.words * 4;
  }

  /** Moves the layout's cursor to the key's record; its number, or −1 when there is none. */
  find(low: number, high: number, nowS: number): number {
    const found = this.#index.find(low, high);
    if (found < 0) return -1;
    this.seek(found);
    this.#index.use(found, nowS);
    return found;
  }

  /** Reads where `find` will look first; see fetch-ahead.ts. */
  fetch(low: number): number {
    return this.#index.fetch(low);
  }

  /** Reads from every cache line of the record under the cursor; see fetch-ahead.ts. */
  fetchRecord(): number {
    const { u32, word } = this.#layout.cursor;
    const end = word + this.#layout.words;
    let read = 0;
    for (let line = word; line < end; line += lineWords) read ^= u32[line] as number;
    return read;
  }

  /**
   * Moves the layout's cursor to the key's record, creating a zeroed one where there is none.
   * Returns the record number, negative (−1 − number) when it was created.
   */
  locate(low: number, high: number, nowS: number): number {
    const found = this.find(low, high, nowS);
    if (found >= 0) return found;
    const record = this.#allocate();
    this.#index.add(record, low, high);
    this.#index.use(record, nowS);
    this.seek(record);
    return -1 - record;
  }

  /** Moves the cursor to a record by its number. */
  seek(record: number): void {
    const slab = this.#slabs[(record / recordsPerSlab) | 0] as Slab;
    const cursor = this.#layout.cursor;
    cursor.f32 = slab.f32;
    cursor.u32 = slab.u32;
    cursor.f64 = slab.f64;
    cursor.i16 = slab.i16;
    cursor.word = (record % recordsPerSlab) * this.#layout.words;
  }

  /** Drops records not used since `beforeS`; `forget` is told each record's number first. */
  evictIdle(beforeS: number, forget: (record: number) => void): void {
    for (let record = this.#index.oldest; record >= 0; record = this.#index.oldest) {
      if (this.#index.lastUsedS(record) >= beforeS) return;
      forget(record);
      this.#drop(record);
      this.evictions.idle += 1;
    }
  }

  /** Calls `visit` for every record changed since the last call, cursor in place; then all are clean. */
  forEachDirty(visit: (low: number, high: number, lastUsedS: number, bytes: Uint8Array) => void): void {
    const index = this.#index;
    for (const record of index.records()) {
      if (!index.isChanged(record)) continue;
      index.setUnchanged(record);
      visit(index.low(record), index.high(record), index.lastUsedS(record), this.#bytesOf(record));
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
    const found = this.locate(low, high, lastUsedS);
    const record = found < 0 ? -1 - found : found;
    this.#bytesOf(record).set(bytes);
    this.#index.setUnchanged(record);
  }

  #bytesOf(record: number): Uint8Array {
    const slab = this.#slabs[(record / recordsPerSlab) | 0] as Slab;
    const length = this.#layout.words * 4;
    return new Uint8Array(slab.u32.buffer, (record % recordsPerSlab) * length, length);
  }

  #allocate(): number {
    if (this.size >= this.#maxRecords) {
      this.#drop(this.#index.oldest);
      this.evictions.full += 1;
    }
    const record = this.#free.pop() ?? this.#next++;
    if (((record / recordsPerSlab) | 0) >= this.#slabs.length) this.#addSlab();
    this.#bytesOf(record).fill(0);
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

  #drop(record: number): void {
    this.#evicted.push([this.#index.low(record), this.#index.high(record)]);
    this.#index.remove(record);
    this.#free.push(record);
  }
}
