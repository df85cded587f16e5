import { derivedInputs, type Model } from '../../schemas/model.ts';
import { maturity, squash, squashGuard } from '../stats/squash.ts';
import { ColumnSums } from './column-sums.ts';

/**
 * Joins the residuals of all features into one score: log-odds in bits that the hour holds abuse.
 * Linear skip plus a few ReLU units, mean of several networks (see schemas/model.ts for the file).
 * Two derived inputs guard what training never showed: the sum of squares and the largest residual; a
 * third says how much is known of the credential.
 */
export class Combination {
  readonly inputs: Float64Array;
  /** The inputs that are left when some features are taken out. */
  readonly #left: Float64Array;
  readonly #features: number;
  /** Hidden units of all networks side by side. */
  readonly #sums: ColumnSums;
  readonly #skips: Float64Array;
  readonly #bias: number;

  constructor(model: Model) {
    this.#features = model.featureNames.length;
    this.inputs = new Float64Array(this.#features + derivedInputs);
    this.#left = new Float64Array(this.inputs.length);
    const share = 1 / model.networks.length;
    const units = model.networks.flatMap(({ hidden, output }) =>
      hidden.weights.map((weights, unit) => ({
        weights,
        bias: hidden.bias[unit] ?? 0,
        output: (output[unit] ?? 0) * share,
      })),
    );
    this.#sums = new ColumnSums(units.length, this.inputs.length);
    this.#sums.biases.set(units.map(({ bias }) => bias));
    this.#sums.outputs.set(units.map(({ output }) => output));
    this.#bias = model.networks.reduce((sum, { bias }) => sum + bias * share, 0);
    this.#skips = this.inputs.map((_, i) =>
      model.networks.reduce((sum, network) => sum + (network.skip[i] ?? 0) * share, 0),
    );
    for (let i = 0; i < this.inputs.length; i += 1) {
      units.forEach(({ weights }, unit) => {
        this.#sums.setWeight(unit, i, weights[i] ?? 0);
      });
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
    inputs[this.#features] = squashGuard(squares);
    inputs[this.#features + 1] = squashGuard(largest);
    inputs[this.#features + 2] = maturity(activeHours);
    return sum;
  }

  /** Score of the prepared inputs. Most of them are 0, in most hours: they are left out. */
  score(): number {
    return this.#scoreOf(this.inputs);
  }

  /** Score of the inputs prepared from these residuals, with some features at their normal value. */
  scoreWithout(residuals: Float64Array, isOut: (feature: number) => boolean): number {
    const left = this.#left;
    left.set(this.inputs);
    let squares = 0;
    let largest = 0;
    for (let f = 0; f < this.#features; f += 1) {
      const u = residuals[f] as number;
      if (isOut(f)) left[f] = 0;
      else if (u > 0) {
        squares += u * u;
        if (u > largest) largest = u;
      }
    }
    left[this.#features] = squashGuard(squares);
    left[this.#features + 1] = squashGuard(largest);
    return this.#scoreOf(left);
  }

  #scoreOf(inputs: Float64Array): number {
    const skips = this.#skips;
    const { places, values } = this.#sums;
    let linear = this.#bias;
    let count = 0;
    for (let i = 0; i < inputs.length; i += 1) {
      const input = inputs[i] as number;
      if (input === 0) continue;
      places[count] = ColumnSums.place(i);
      values[count] = input;
      count += 1;
      linear += input * (skips[i] as number);
    }
    return this.#sums.run(count, linear);
  }
}
