import { derivedInputs, type Model } from '../../schemas/model.ts';
import { maturity, squash } from '../stats/squash.ts';

/**
 * Joins the residuals of all features into one score: log-odds in bits that the hour holds abuse.
 * Linear skip plus a few ReLU units, mean of several networks (see schemas/model.ts for the file).
 * Two derived inputs guard what training never showed: the sum of squares and the largest residual; a
 * third says how much is known of the credential.
 */
export class Combination {
  readonly inputs: Float64Array;
  readonly #features: number;
  /** Hidden units of all networks side by side, then one column for the linear skips. */
  readonly #columns: number;
  /** Weights by input: most inputs of most hours are 0, and a row of zeros is skipped whole. */
  readonly #weights: Float64Array;
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
    this.#columns = units.length + 1;
    this.#sums = new Float64Array(this.#columns);
    this.#biases = Float64Array.from([
      ...units.map(({ bias }) => bias),
      model.networks.reduce((sum, { bias }) => sum + bias * share, 0),
    ]);
    this.#outputs = Float64Array.from(units.map(({ output }) => output));
    this.#weights = new Float64Array(this.inputs.length * this.#columns);
    for (let i = 0; i < this.inputs.length; i += 1) {
      units.forEach(({ weights }, unit) => {
        this.#weights[i * this.#columns + unit] = weights[i] ?? 0;
      });
      const skip = model.networks.reduce((sum, network) => sum + (network.skip[i] ?? 0) * share, 0);
      this.#weights[i * this.#columns + units.length] = skip;
    }
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
    inputs[this.#features] = squash(squares);
    inputs[this.#features + 1] = squash(largest);
    inputs[this.#features + 2] = maturity(activeHours);
    return sum;
  }

  /** Score of the prepared inputs. */
  score(): number {
    const sums = this.#sums;
    const columns = this.#columns;
    sums.set(this.#biases);
    for (let i = 0; i < this.inputs.length; i += 1) {
      const input = this.inputs[i] as number;
      if (input === 0) continue;
      const row = i * columns;
      for (let c = 0; c < columns; c += 1)
        sums[c] = (sums[c] as number) + input * (this.#weights[row + c] as number);
    }
    let score = sums[columns - 1] as number;
    for (let unit = 0; unit < columns - 1; unit += 1) {
      const activation = sums[unit] as number;
      if (activation > 0) score += activation * (this.#outputs[unit] as number);
    }
    return score;
  }
}
