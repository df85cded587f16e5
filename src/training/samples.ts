import { maturity, squash, squashGuard } from '../stats/squash.ts';

/** Training examples side by side: `inputs` wide rows, a label and a weight each. Grows by doubling. */
export class Samples {
  readonly width: number;
  count = 0;
  #inputs: Float32Array;
  #labels: Float32Array;
  #weights: Float32Array;

  constructor(width: number, capacity = 4096) {
    this.width = width;
    this.#inputs = new Float32Array(capacity * width);
    this.#labels = new Float32Array(capacity);
    this.#weights = new Float32Array(capacity);
  }

  add(inputs: ArrayLike<number>, label: number, weight: number): void {
    if (this.count === this.#labels.length) this.#grow();
    this.#inputs.set(inputs, this.count * this.width);
    this.#labels[this.count] = label;
    this.#weights[this.count] = weight;
    this.count += 1;
  }

  input(sample: number, column: number): number {
    return this.#inputs[sample * this.width + column] as number;
  }

  row(sample: number): Float32Array {
    return this.#inputs.subarray(sample * this.width, (sample + 1) * this.width);
  }

  label(sample: number): number {
    return this.#labels[sample] as number;
  }

  weight(sample: number): number {
    return this.#weights[sample] as number;
  }

  /** Total weight of a label. */
  weightOf(label: number): number {
    let total = 0;
    for (let s = 0; s < this.count; s += 1)
      if (this.#labels[s] === label) total += this.#weights[s] as number;
    return total;
  }

  #grow(): void {
    const double = (from: Float32Array) => {
      const to = new Float32Array(from.length * 2);
      to.set(from);
      return to;
    };
    this.#inputs = double(this.#inputs);
    this.#labels = double(this.#labels);
    this.#weights = double(this.#weights);
  }
}

/** Residuals as the combination reads them: squashed, then the sum of squares, the largest, and how much is known. */
export function inputsOf(
  residuals: ArrayLike<number>,
  activeHours: number,
  into: Float64Array,
): Float64Array {
  let squares = 0;
  let largest = 0;
  for (let f = 0; f < residuals.length; f += 1) {
    const u = residuals[f] as number;
    into[f] = u === 0 ? 0 : squash(u);
    if (u > 0) {
      squares += u * u;
      if (u > largest) largest = u;
    }
  }
  into[residuals.length] = squashGuard(squares);
  into[residuals.length + 1] = squashGuard(largest);
  into[residuals.length + 2] = maturity(activeHours);
  return into;
}
