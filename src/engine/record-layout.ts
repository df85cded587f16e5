/**
 * Fixed-size binary records. Each owner (the engine's core, every detector) declares its fields; the
 * layout packs them into one run of 32-bit words, so memory a credential is a constant, a snapshot is
 * a copy, and one look-up serves all detectors.
 */

/** `f32` and `u32` take one word, `f64` two, `i16` half a word (runs only: small numbers in fixed point). */
export type Width = 'f32' | 'u32' | 'f64' | 'i16';

/** What happens to a field when a new active hour opens. */
export type Fading =
  | 'kept' // stays until its owner changes it
  | 'hourly' // back to zero
  | { readonly halfLifeHours: number }; // multiplied by 2^(−elapsed/halfLife)

export interface FieldSpec {
  readonly width: Width;
  readonly fading: Fading;
  /** Number of consecutive cells; above 1 the state has an indexed accessor. */
  readonly cells: number;
}

export const kept = (width: Width = 'f32'): FieldSpec => ({ width, fading: 'kept', cells: 1 });
export const hourly = (width: Width = 'f32'): FieldSpec => ({ width, fading: 'hourly', cells: 1 });
export const fading = (halfLifeHours: number): FieldSpec => ({
  width: 'f32',
  fading: { halfLifeHours },
  cells: 1,
});
export const list = (cells: number, width: Width = 'f32', how: Fading = 'kept'): RunSpec => ({
  width,
  fading: how,
  cells,
  run: true,
});

/** A field of several cells, told apart by type so that its accessor is typed too. */
export interface RunSpec extends FieldSpec {
  readonly run: true;
}

export type Layout = Readonly<Record<string, FieldSpec>>;

/** An indexed run of cells inside the record. */
export interface Cells {
  readonly length: number;
  /** First word inside the record, for loops that read the cursor's views themselves. */
  readonly word: number;
  get(index: number): number;
  set(index: number, value: number): void;
  /** First cell that holds the value, or −1. */
  indexOf(value: number): number;
}

/** What a detector sees of its part of the record: numbers by name, runs as `Cells`. */
export type StateOf<L extends Layout> = {
  -readonly [K in keyof L]: L[K] extends RunSpec ? Cells : number;
};

/** The record in hand: its views and the index of its first word. Moved, never copied, for every event. */
export interface Cursor {
  f32: Float32Array;
  u32: Uint32Array;
  f64: Float64Array;
  i16: Int16Array;
  /** First word of the record; even, so that f64 fields are aligned. */
  word: number;
}

export interface FadingCell {
  readonly word: number;
  readonly halfLifeHours: number;
}

const wordsPerCell: Readonly<Record<Width, number>> = { i16: 0.5, f32: 1, u32: 1, f64: 2 };

/** Packs owners' fields one after the other. */
export class RecordLayout {
  readonly cursor: Cursor = {
    f32: new Float32Array(0),
    u32: new Uint32Array(0),
    f64: new Float64Array(0),
    i16: new Int16Array(0),
    word: 0,
  };
  readonly hourlyWords: number[] = [];
  readonly fadingCells: FadingCell[] = [];
  readonly #names: string[] = [];
  #words = 0;

  /** Words in a record so far, rounded up to an even number. */
  get words(): number {
    return this.#words + (this.#words % 2);
  }

  /** Text that changes whenever a stored record would be read differently. */
  get signature(): string {
    return this.#names.join(' ');
  }

  /** Reserves the fields of one owner and returns the accessor onto whichever record the cursor is at. */
  add<L extends Layout>(owner: string, layout: L): StateOf<L> {
    // On a prototype of their own, accessors are constants to the optimising compiler: it inlines them.
    const State = class {};
    for (const [name, spec] of Object.entries(layout)) {
      const word = this.#reserve(`${owner}.${name}`, spec);
      Object.defineProperty(State.prototype, name, {
        enumerable: true,
        ...accessor(this.cursor, word, spec),
      });
    }
    return new State() as StateOf<L>;
  }

  #reserve(name: string, { width, fading: how, cells }: FieldSpec): number {
    if (width === 'f64' && this.#words % 2 === 1) this.#words += 1;
    const word = this.#words;
    this.#words += Math.ceil(cells * wordsPerCell[width]);
    this.#names.push(`${name}:${width}x${cells}@${word}`);
    for (let w = word; w < this.#words; w += 1) {
      if (how === 'hourly') this.hourlyWords.push(w);
      else if (how !== 'kept') this.fadingCells.push({ word: w, halfLifeHours: how.halfLifeHours });
    }
    return word;
  }
}

function accessor(cursor: Cursor, word: number, spec: FieldSpec): PropertyDescriptor {
  if ('run' in spec) {
    const cells = cellsAt(cursor, word, spec);
    return { get: () => cells };
  }
  switch (spec.width) {
    case 'f32':
      return {
        get: () => cursor.f32[cursor.word + word],
        set: (value: number) => {
          cursor.f32[cursor.word + word] = value;
        },
      };
    case 'u32':
      return {
        get: () => cursor.u32[cursor.word + word],
        set: (value: number) => {
          cursor.u32[cursor.word + word] = value;
        },
      };
    case 'i16':
      throw new TypeError('An i16 field must be a run of cells');
    case 'f64':
      return {
        get: () => cursor.f64[(cursor.word + word) >> 1],
        set: (value: number) => {
          cursor.f64[(cursor.word + word) >> 1] = value;
        },
      };
  }
}

/** Written out per width: a closure over the width would be megamorphic in the hottest loops. */
function cellsAt(cursor: Cursor, word: number, { width, cells }: FieldSpec): Cells {
  switch (width) {
    case 'f32':
      return {
        length: cells,
        word,
        get: (index) => cursor.f32[cursor.word + word + index] as number,
        set: (index, value) => {
          cursor.f32[cursor.word + word + index] = value;
        },
        indexOf: (value) => firstOf(cursor.f32, cursor.word + word, cells, value),
      };
    case 'u32':
      return {
        length: cells,
        word,
        get: (index) => cursor.u32[cursor.word + word + index] as number,
        set: (index, value) => {
          cursor.u32[cursor.word + word + index] = value;
        },
        indexOf: (value) => firstOf(cursor.u32, cursor.word + word, cells, value),
      };
    case 'i16':
      return {
        length: cells,
        word,
        get: (index) => cursor.i16[(cursor.word + word) * 2 + index] as number,
        set: (index, value) => {
          cursor.i16[(cursor.word + word) * 2 + index] = value;
        },
        indexOf: (value) => firstOf(cursor.i16, (cursor.word + word) * 2, cells, value),
      };
    case 'f64':
      return {
        length: cells,
        word,
        get: (index) => cursor.f64[((cursor.word + word) >> 1) + index] as number,
        set: (index, value) => {
          cursor.f64[((cursor.word + word) >> 1) + index] = value;
        },
        indexOf: (value) => firstOf(cursor.f64, (cursor.word + word) >> 1, cells, value),
      };
  }
}

function firstOf(view: ArrayLike<number>, from: number, cells: number, value: number): number {
  for (let cell = 0; cell < cells; cell += 1) if (view[from + cell] === value) return cell;
  return -1;
}
