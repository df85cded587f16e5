const bins = 64;
/** Two bins for every factor e. */
const binsPerLog = 2;
/** Older hours fade: after this many, all counts are halved. */
const memoryHours = 20_000;
/** Hours' worth of doubt about a rank that nobody reached yet. */
const doubt = 0.5;

/**
 * How many of a type's active hours reached a quantity, for quantities that are compared with the peers'
 * and not only with the credential's own: a few hundred counts, whatever the number of credentials.
 */
export class TypeRanks {
  readonly #rows: number;
  /** Hours that reached bin b or one above it, by type and row. */
  readonly #reached: Float64Array;

  constructor(types: number, rows: number) {
    this.#rows = rows;
    this.#reached = new Float64Array(types * rows * bins);
  }

  /** log2 of one over the share of hours that reached a quantity, given as its log1p: 0 bits for what all do; NaN for what was not measured. */
  bits(type: number, row: number, value: number): number {
    if (Number.isNaN(value)) return value;
    if (value <= 0) return 0;
    const base = (type * this.#rows + row) * bins;
    const all = this.#reached[base] as number;
    const above = this.#reached[base + binOf(value)] as number;
    return Math.max(0, Math.log2((all + doubt) / (above + doubt)));
  }

  /** One more hour of the type, by the learning gate's weight. */
  learn(type: number, row: number, value: number, weight: number): void {
    const base = (type * this.#rows + row) * bins;
    const reached = this.#reached;
    const bin = value <= 0 ? 0 : binOf(value);
    for (let b = 0; b <= bin; b += 1) reached[base + b] = (reached[base + b] as number) + weight;
    if ((reached[base] as number) < memoryHours) return;
    for (let b = 0; b < bins; b += 1) reached[base + b] = (reached[base + b] as number) / 2;
  }

  /** All counts, to be stored and read back. */
  get counts(): Float64Array {
    return this.#reached;
  }
}

function binOf(value: number): number {
  return Math.min(bins - 1, 1 + Math.floor(value * binsPerLog));
}
