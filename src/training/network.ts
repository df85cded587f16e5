import type { Samples } from './samples.ts';

export interface TrainingOptions {
  readonly hidden: number;
  readonly epochs: number;
  readonly batch: number;
  readonly rate: number;
  readonly weightDecay: number;
  /** Standard deviation of noise added to inputs that are not 0, anew in every epoch; none when absent. */
  readonly noise?: number;
  /** Inputs whose linear weight is kept at 0 or above (projected after every step). */
  readonly neverNegative?: readonly number[];
  /** Inputs of which more may never lower the score, whatever the other inputs are. */
  readonly monotone?: readonly number[];
  /** Uniform in [0, 1): initial weights and the order of samples come from it. */
  readonly random: () => number;
  readonly onEpoch?: (epoch: number, loss: number) => void;
}

/** Weights of one network: linear skip plus ReLU units, output in natural log-odds while training. */
export interface Weights {
  /** skip (width), bias, then per unit: weights (width), bias, output. */
  readonly all: Float64Array;
  readonly width: number;
  readonly hidden: number;
}

const beta1 = 0.9;
const beta2 = 0.999;
const epsilon = 1e-8;

export function newWeights(width: number, hidden: number, random: () => number): Weights {
  const all = new Float64Array(width + 1 + hidden * (width + 2));
  const scale = Math.sqrt(2 / width);
  for (let u = 0; u < hidden; u += 1) {
    const base = unitBase(width, u);
    for (let i = 0; i < width; i += 1) all[base + i] = gaussian(random) * scale;
    all[base + width + 1] = gaussian(random) * 0.1;
  }
  return { all, width, hidden };
}

/** Room for one row's inputs that are not 0, and the units' activations: most inputs are 0 in most hours. */
interface Scratch {
  readonly present: Uint16Array;
  readonly values: Float64Array;
  readonly activations: Float64Array;
}

export function scratchFor({ width, hidden }: Weights): Scratch {
  return {
    present: new Uint16Array(width),
    values: new Float64Array(width),
    activations: new Float64Array(hidden),
  };
}

/** Adds the gradient of the weighted log loss of one row; returns the loss. */
export function accumulate(
  weights: Weights,
  row: Float32Array,
  label: number,
  weight: number,
  gradient: Float64Array,
  scratch: Scratch,
): number {
  const { all, width, hidden } = weights;
  const { present, values, activations } = scratch;
  let count = 0;
  for (let i = 0; i < width; i += 1) {
    const value = row[i] as number;
    if (value === 0) continue;
    present[count] = i;
    values[count] = value;
    count += 1;
  }
  let odds = all[width] as number;
  for (let k = 0; k < count; k += 1) odds += (all[present[k] as number] as number) * (values[k] as number);
  for (let u = 0, base = width + 1; u < hidden; u += 1, base += width + 2) {
    let activation = all[base + width] as number;
    for (let k = 0; k < count; k += 1)
      activation += (all[base + (present[k] as number)] as number) * (values[k] as number);
    activations[u] = activation;
    if (activation > 0) odds += activation * (all[base + width + 1] as number);
  }
  const error = weight * (1 / (1 + Math.exp(-odds)) - label);
  addTo(gradient, 0, error, scratch, count);
  gradient[width] = (gradient[width] as number) + error;
  for (let u = 0, base = width + 1; u < hidden; u += 1, base += width + 2) {
    const activation = activations[u] as number;
    if (activation <= 0) continue;
    const out = base + width + 1;
    gradient[out] = (gradient[out] as number) + error * activation;
    const back = error * (all[out] as number);
    addTo(gradient, base, back, scratch, count);
    gradient[base + width] = (gradient[base + width] as number) + back;
  }
  return weight * (label === 1 ? softplus(-odds) : softplus(odds));
}

function addTo(
  gradient: Float64Array,
  base: number,
  by: number,
  { present, values }: Scratch,
  count: number,
): void {
  for (let k = 0; k < count; k += 1) {
    const at = base + (present[k] as number);
    gradient[at] = (gradient[at] as number) + by * (values[k] as number);
  }
}

/** Adam with decoupled weight decay and a cosine rate (Kingma & Ba 2015; Loshchilov & Hutter 2019). */
export function train(samples: Samples, options: TrainingOptions): Weights {
  const { hidden, epochs, batch, random } = options;
  const weights = newWeights(samples.width, hidden, random);
  const { all } = weights;
  const scratch = scratchFor(weights);
  const gradient = new Float64Array(all.length);
  const mean = new Float64Array(all.length);
  const square = new Float64Array(all.length);
  const noisy = noiseOn(samples.width, options.noise ?? 0, random);
  const order = Uint32Array.from({ length: samples.count }, (_, s) => s);
  const steps = epochs * Math.ceil(samples.count / batch);
  let step = 0;
  for (let epoch = 0; epoch < epochs; epoch += 1) {
    shuffle(order, random);
    let loss = 0;
    let weightSum = 0;
    for (let from = 0; from < order.length; from += batch) {
      gradient.fill(0);
      let batchWeight = 0;
      for (let k = from; k < Math.min(from + batch, order.length); k += 1) {
        const s = order[k] as number;
        loss += accumulate(
          weights,
          noisy(samples.row(s)),
          samples.label(s),
          samples.weight(s),
          gradient,
          scratch,
        );
        batchWeight += samples.weight(s);
      }
      weightSum += batchWeight;
      if (batchWeight === 0) continue;
      step += 1;
      const rate = options.rate * 0.5 * (1 + Math.cos((Math.PI * step) / steps));
      const correct1 = 1 - beta1 ** step;
      const correct2 = 1 - beta2 ** step;
      for (let p = 0; p < all.length; p += 1) {
        const g = (gradient[p] as number) / batchWeight;
        mean[p] = beta1 * (mean[p] as number) + (1 - beta1) * g;
        square[p] = beta2 * (square[p] as number) + (1 - beta2) * g * g;
        const move = (mean[p] as number) / correct1 / (Math.sqrt((square[p] as number) / correct2) + epsilon);
        all[p] = (all[p] as number) * (1 - rate * options.weightDecay) - rate * move;
      }
      for (const input of options.neverNegative ?? []) all[input] = Math.max(0, all[input] as number);
      keepMonotone(weights, options.monotone ?? []);
    }
    options.onEpoch?.(epoch, loss / weightSum);
  }
  return weights;
}

/** Rows with noise on what is not 0; the result is reused by the next call. Draws come from a table, one offset a row. */
function noiseOn(
  width: number,
  deviation: number,
  random: () => number,
): (row: Float32Array) => Float32Array {
  if (deviation === 0) return (row) => row;
  const table = Float32Array.from({ length: 1 << 16 }, () => gaussian(random) * deviation);
  const out = new Float32Array(width);
  return (row) => {
    const from = Math.floor(random() * table.length);
    for (let i = 0; i < width; i += 1) {
      const input = row[i] as number;
      out[i] = input === 0 ? 0 : input + (table[(from + i) & (table.length - 1)] as number);
    }
    return out;
  };
}

/** Takes out what would make a unit's share of the score fall as the input grows. */
function keepMonotone({ all, width, hidden }: Weights, inputs: readonly number[]): void {
  for (const input of inputs) {
    all[input] = Math.max(0, all[input] as number);
    for (let u = 0; u < hidden; u += 1) {
      const base = unitBase(width, u);
      if ((all[base + input] as number) * (all[base + width + 1] as number) < 0) all[base + input] = 0;
    }
  }
}

function unitBase(width: number, unit: number): number {
  return width + 1 + unit * (width + 2);
}

function softplus(x: number): number {
  return x > 30 ? x : Math.log1p(Math.exp(x));
}

function gaussian(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

function shuffle(order: Uint32Array, random: () => number): void {
  for (let i = order.length - 1; i > 0; i -= 1) {
    const j = Math.floor(random() * (i + 1));
    const kept = order[i] as number;
    order[i] = order[j] as number;
    order[j] = kept;
  }
}

/** The model file's form of one network: log-odds in bits above the base rate, five significant digits. */
export function exported({ all, width, hidden }: Weights, evenBits: number) {
  const bits = (value: number) => Number((value / Math.LN2).toPrecision(5));
  const plain = (value: number) => Number(value.toPrecision(5));
  const units = Array.from({ length: hidden }, (_, u) => unitBase(width, u));
  return {
    bias: Number(((all[width] as number) / Math.LN2 + evenBits).toPrecision(5)),
    skip: Array.from(all.subarray(0, width), bits),
    hidden: {
      weights: units.map((base) => Array.from(all.subarray(base, base + width), plain)),
      bias: units.map((base) => plain(all[base + width] as number)),
    },
    output: units.map((base) => bits(all[base + width + 1] as number)),
  };
}
