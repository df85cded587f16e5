import { derivedInputs, type Model } from '../../schemas/model.ts';
import { maturity, squash, squashGuard } from '../stats/squash.ts';

/** Columns summed at a time. */
const block = 4;

/**
 * Joins the residuals of all features into one score: log-odds in bits that the hour holds abuse.
 * Linear skip plus a few ReLU units, mean of several networks (see schemas/model.ts for the file).
 * Two derived inputs guard what training never showed: the sum of squares and the largest residual; a
 * third says how much is known of the credential.
 */
export class Combination {
  readonly inputs: Float64Array;
  readonly #features: number;
  /** Hidden units of all networks side by side, then one column for the linear skips, then zeros to fill a block. */
  readonly #columns: number;
  readonly #skip: number;
  /** In blocks of four columns, by input: four sums stay in registers while the inputs go by. */
  readonly #weights: Float64Array;
  /** Numbers and values of the inputs that are not 0: most are, in most hours. */
  readonly #present: Uint16Array;
  readonly #values: Float64Array;
  readonly #biases: Float64Array;
  readonly #outputs: Float64Array;
  readonly #sums: Float64Array;

  constructor(model: Model) {
    this.#features = model.featureNames.length;
    this.inputs = new Float64Array(this.#features + derivedInputs);
    const share = 1 / model.networks.length;
    const units = model.networks.flatMap(({ hidden, output }) =>
      hidden.weights.map((weights, unit) => ({
        weights,
        bias: hidden.bias[unit] ?? 0,
        output: (output[unit] ?? 0) * share,
      })),
    );
    this.#skip = units.length;
    this.#columns = Math.ceil((units.length + 1) / block) * block;
    this.#sums = new Float64Array(this.#columns);
    this.#biases = new Float64Array(this.#columns);
    this.#biases.set([
      ...units.map(({ bias }) => bias),
      model.networks.reduce((sum, { bias }) => sum + bias * share, 0),
    ]);
    this.#present = new Uint16Array(this.inputs.length);
    this.#values = new Float64Array(this.inputs.length);
    this.#outputs = Float64Array.from(units.map(({ output }) => output));
    this.#weights = new Float64Array(this.inputs.length * this.#columns);
    for (let i = 0; i < this.inputs.length; i += 1) {
      units.forEach(({ weights }, unit) => {
        this.#weights[this.#at(unit, i)] = weights[i] ?? 0;
      });
      const skip = model.networks.reduce((sum, network) => sum + (network.skip[i] ?? 0) * share, 0);
      this.#weights[this.#at(units.length, i)] = skip;
    }
  }

  #at(column: number, input: number): number {
    return ((column / block) | 0) * block * this.inputs.length + input * block + (column % block);
  }

  /** Fills the inputs from residuals and returns their plain sum, by which unchanged scores are told. */
  prepare(residuals: Float64Array, activeHours: number): number {
    const { inputs } = this;
    let squares = 0;
    let largest = 0;
    let sum = 0;
    for (let f = 0; f < this.#features; f += 1) {
      const u = residuals[f] as number;
      if (u === 0) {
        inputs[f] = 0;
        continue;
      }
      const input = squash(u);
      inputs[f] = input;
      sum += input;
      if (u > 0) {
        squares += u * u;
        if (u > largest) largest = u;
      }
    }
    inputs[this.#features] = squashGuard(squares);
    inputs[this.#features + 1] = squashGuard(largest);
    inputs[this.#features + 2] = maturity(activeHours);
    return sum;
  }

  /** Score of the prepared inputs. */
  score(): number {
    const sums = this.#sums;
    this.#sum(this.#pack());
    let score = sums[this.#skip] as number;
    for (let unit = 0; unit < this.#skip; unit += 1) {
      const activation = sums[unit] as number;
      if (activation > 0) score += activation * (this.#outputs[unit] as number);
    }
    return score;
  }

  #pack(): number {
    const { inputs } = this;
    let count = 0;
    for (let i = 0; i < inputs.length; i += 1) {
      const input = inputs[i] as number;
      if (input === 0) continue;
      this.#present[count] = i * block;
      this.#values[count] = input;
      count += 1;
    }
    return count;
  }

  #sum(count: number): void {
    const sums = this.#sums;
    const biases = this.#biases;
    const weights = this.#weights;
    const present = this.#present;
    const values = this.#values;
    const stride = this.inputs.length * block;
    for (let column = 0, base = 0; column < this.#columns; column += block, base += stride) {
      let a = biases[column] as number;
      let b = biases[column + 1] as number;
      let c = biases[column + 2] as number;
      let d = biases[column + 3] as number;
      for (let k = 0; k < count; k += 1) {
        const value = values[k] as number;
        const at = base + (present[k] as number);
        a += value * (weights[at] as number);
        b += value * (weights[at + 1] as number);
        c += value * (weights[at + 2] as number);
        d += value * (weights[at + 3] as number);
      }
      sums[column] = a;
      sums[column + 1] = b;
      sums[column + 2] = c;
      sums[column + 3] = d;
    }
  }
}
