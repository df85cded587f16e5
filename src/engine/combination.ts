import type { Model } from '../../schemas/model.ts';
import { squash } from '../stats/squash.ts';

/**
 * Joins the residuals of all features into one score: log-odds in bits that the hour holds abuse.
 * Linear skip plus a few ReLU units, mean of several networks (see schemas/model.ts for the file).
 * Two derived inputs guard what training never showed: the sum of squares and the largest residual.
 */
export class Combination {
  readonly inputs: Float64Array;
  readonly #features: number;
  readonly #networks: readonly Network[];

  constructor(model: Model) {
    this.#features = model.featureNames.length;
    this.inputs = new Float64Array(this.#features + 2);
    this.#networks = model.networks.map((network) => ({
      bias: network.bias,
      skip: Float64Array.from(network.skip),
      hidden: network.hidden.weights.map((weights) => Float64Array.from(weights)),
      hiddenBias: Float64Array.from(network.hidden.bias),
      output: Float64Array.from(network.output),
    }));
  }

  /** Fills the inputs from residuals and returns their plain sum, by which unchanged scores are told. */
  prepare(residuals: Float64Array): number {
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
    return sum;
  }

  /** Score of the prepared inputs. */
  score(): number {
    const { inputs } = this;
    let total = 0;
    for (const { bias, skip, hidden, hiddenBias, output } of this.#networks) {
      let sum = bias;
      for (let i = 0; i < inputs.length; i += 1) sum += (skip[i] as number) * (inputs[i] as number);
      for (let unit = 0; unit < hidden.length; unit += 1) {
        const weights = hidden[unit] as Float64Array;
        let activation = hiddenBias[unit] as number;
        for (let i = 0; i < inputs.length; i += 1)
          activation += (weights[i] as number) * (inputs[i] as number);
        if (activation > 0) sum += activation * (output[unit] as number);
      }
      total += sum;
    }
    return total / this.#networks.length;
  }
}

interface Network {
  readonly bias: number;
  readonly skip: Float64Array;
  readonly hidden: readonly Float64Array[];
  readonly hiddenBias: Float64Array;
  readonly output: Float64Array;
}
