import { log1p } from '../stats/log1p.ts';
import {
  bitsVarianceFloor,
  meanRate,
  shrinkage,
  shrunkMean,
  varianceFloor,
  varianceRate,
  winsorisedSquare,
} from '../stats/residual.ts';
import { type FeatureSpec, notMeasured } from './detector.ts';
import { type Cursor, list, type RecordLayout } from './record-layout.ts';
import { TypeRanks } from './type-ranks.ts';

/** What credential-hours of the population look like before any traffic was seen, per scaled feature. */
export interface Prior {
  readonly mean: ArrayLike<number>;
  readonly variance: ArrayLike<number>;
}

/** What simulated worlds say is worth a working day of one credential: real populations differ from them. */
const priorHours = 8;
const typeMemoryHours = 5000;
const fixedPoint = 500;
/** Bits of a busy hour reach hundreds both ways, and a thirtieth of one is fine enough. */
const bitsFixedPoint = 30;
const leastKept = -32_000;
/** Kept for what was not measured. */
const nothingKept = -32_768;

/** Weight of evidence that needs no habit, on the scale of residuals. */
const deviationsPerBit = 2;

interface Carried {
  readonly column: number;
  readonly by: readonly number[];
}

/** Mean and variance of every feature over active hours: of each credential, and of its type. */
export class Habits {
  readonly features: readonly FeatureSpec[];
  readonly #own;
  readonly #cursor: Cursor;
  readonly #count: number;
  readonly #isLog: Uint8Array;
  /** Ranked features, each with the feature whose quantity it ranks. */
  readonly #ranked: readonly { readonly column: number; readonly source: number }[];
  readonly #ranks: TypeRanks;
  /** Features that hold earlier hours too, each with those that let it count. */
  readonly #carried: readonly Carried[];
  readonly #isTotal: Uint8Array;
  readonly #isEvidence: Uint8Array;
  readonly #isSparse: Uint8Array;
  readonly #steps: Float64Array;
  readonly #floors: Float64Array;
  readonly #typeMean: Float64Array;
  readonly #typeVariance: Float64Array;
  readonly #typeHours: Float64Array;

  constructor(layout: RecordLayout, features: readonly FeatureSpec[], types: number, prior: Prior) {
    this.features = features;
    this.#count = features.length;
    this.#isLog = Uint8Array.from(features, ({ scale }) => (scale === 'log1p' ? 1 : 0));
    this.#isTotal = Uint8Array.from(features, ({ shape }) => (shape === 'total' ? 1 : 0));
    this.#isEvidence = Uint8Array.from(features, ({ habit }) => (habit === 'none' ? 1 : 0));
    this.#isSparse = Uint8Array.from(features, ({ sparse }) => (sparse === true ? 1 : 0));
    this.#steps = Float64Array.from(features, ({ unit }) => (unit === 'bits' ? bitsFixedPoint : fixedPoint));
    this.#floors = Float64Array.from(features, ({ unit, scale }) =>
      scale === 'rank' || (unit === 'bits' && scale === 'linear') ? bitsVarianceFloor : varianceFloor,
    );
    this.#ranked = features.flatMap(({ rankOf }, column) => {
      if (rankOf === undefined) return [];
      const source = features.findIndex(({ name }) => name === rankOf);
      if (source < 0)
        throw new RangeError(`Feature ${features[column]?.name} ranks ${rankOf}, which nobody measures`);
      return [{ column, source }];
    });
    this.#carried = features.flatMap(({ carriedBy = [] }, column) => {
      // Some may belong to a detector that is not there.
      const by = carriedBy.map((wanted) => features.findIndex(({ name }) => name === wanted));
      const measured = by.filter((each) => each >= 0);
      return measured.length === 0 ? [] : [{ column, by: measured }];
    });
    this.#ranks = new TypeRanks(types, this.#ranked.length);
    this.#cursor = layout.cursor;
    this.#own = layout.add('habits', {
      mean: list(features.length),
      variance: list(features.length),
      now: list(features.length, 'i16', 'hourly'),
    });
    this.#typeMean = new Float64Array(types * this.#count);
    this.#typeVariance = new Float64Array(types * this.#count);
    this.#typeHours = new Float64Array(types).fill(priorHours);
    for (let i = 0; i < this.#typeMean.length; i += 1) {
      this.#typeMean[i] = prior.mean[i % this.#count] ?? 0;
      this.#typeVariance[i] = prior.variance[i % this.#count] ?? 0;
    }
  }

  /** Puts raw values of a credential of this type on their scales. */
  scale(raw: Float64Array, type: number, into: Float64Array): void {
    const isLog = this.#isLog;
    for (let f = 0; f < this.#count; f += 1) {
      const value = raw[f] as number;
      into[f] = isLog[f] === 0 ? value : value <= 0 ? 0 : log1p(value);
    }
    this.#rank(type, into);
  }

  #rank(type: number, values: Float64Array): void {
    for (let row = 0; row < this.#ranked.length; row += 1) {
      const { column, source } = this.#ranked[row] as { column: number; source: number };
      values[column] = this.#ranks.bits(type, row, values[source] as number);
    }
  }

  /** Keeps the running hour's scaled values in the record, to a five-hundredth. */
  keep(values: Float64Array): void {
    const { i16, word } = this.#cursor;
    const now = (word + this.#own.now.word) * 2;
    const steps = this.#steps;
    for (let f = 0; f < this.#count; f += 1) {
      const step = (values[f] as number) * (steps[f] as number);
      i16[now + f] = Number.isNaN(step) ? nothingKept : Math.max(leastKept, Math.min(-leastKept, step));
    }
  }

  /** The values kept last in the running hour. */
  kept(into: Float64Array): void {
    const { now } = this.#own;
    for (let f = 0; f < this.#count; f += 1) {
      const step = now.get(f);
      into[f] = step === nothingKept ? notMeasured : step / (this.#steps[f] as number);
    }
  }

  /**
   * Residual of every feature (the formula of stats/residual.ts, its weights taken once for all).
   * A total that is still low says nothing yet: its residual is 0 at least; so is that of anything that was
   * not measured, and what is only carried over from earlier hours is at most 0.
   */
  residuals(values: Float64Array, type: number, hours: number, into: Float64Array): void {
    const { f32, word } = this.#cursor;
    const mean = word + this.#own.mean.word;
    const variance = word + this.#own.variance.word;
    const base = type * this.#count;
    const isTotal = this.#isTotal;
    const isEvidence = this.#isEvidence;
    const typeMean = this.#typeMean;
    const typeVariance = this.#typeVariance;
    const floors = this.#floors;
    const { ownMean, peerMean, ownVariance, peerVariance } = shrinkage(hours);
    for (let f = 0; f < this.#count; f += 1) {
      if (isEvidence[f] === 1) {
        const bits = values[f] as number;
        into[f] = Number.isNaN(bits) ? 0 : bits * deviationsPerBit;
        continue;
      }
      const m = ownMean * (f32[mean + f] as number) + peerMean * (typeMean[base + f] as number);
      const step = (values[f] as number) - m;
      if ((step <= 0 && isTotal[f] === 1) || Number.isNaN(step)) {
        into[f] = 0;
        continue;
      }
      const v =
        ownVariance * (f32[variance + f] as number) +
        peerVariance * (typeVariance[base + f] as number) +
        (floors[f] as number);
      into[f] = step / Math.sqrt(v);
    }
    for (let c = 0; c < this.#carried.length; c += 1) {
      const { column, by } = this.#carried[c] as Carried;
      if ((into[column] as number) > 0 && !showsAny(into, by)) into[column] = 0;
    }
  }

  /** Expected raw value of a feature, for explanations. */
  expected(feature: number, type: number, hours: number): number {
    if (this.#isEvidence[feature] === 1) return 0;
    const ranked = this.#ranked.find(({ column }) => column === feature);
    if (ranked !== undefined) return this.expected(ranked.source, type, hours);
    const m = shrunkMean(
      hours,
      this.#own.mean.get(feature),
      this.#typeMean[type * this.#count + feature] as number,
    );
    return unscaled(this.features[feature] as FeatureSpec, m);
  }

  /** Teaches a closed hour; `weight` is the learning gate's. */
  learn(values: Float64Array, type: number, hours: number, weight: number): void {
    const base = type * this.#count;
    const { mean, variance } = this.#own;
    const rate = meanRate(hours, weight);
    const spreadRate = varianceRate(hours, weight);
    const typeRate = weight / Math.min((this.#typeHours[type] as number) + 1, typeMemoryHours);
    for (let f = 0; f < this.#count; f += 1) {
      const value = values[f] as number;
      const ownMean = mean.get(f);
      const ownVariance = variance.get(f);
      const typeMean = this.#typeMean[base + f] as number;
      const typeVariance = this.#typeVariance[base + f] as number;
      if (Number.isNaN(value)) {
        // The hours are counted for all features alike: without this, 0 would pass for its own habit.
        if (hours === 0) {
          mean.set(f, typeMean);
          variance.set(f, typeVariance);
        }
        continue;
      }
      const step = value - shrunkMean(hours, ownMean, typeMean);
      const square = winsorisedSquare(step, ownVariance, typeVariance);
      const bounded = Math.sign(step) * Math.sqrt(square);
      mean.set(
        f,
        ownMean +
          rate * (hours === 0 ? value - ownMean : bounded + shrunkMean(hours, ownMean, typeMean) - ownMean),
      );
      variance.set(f, ownVariance + spreadRate * (square - ownVariance));
      if (value === 0 && this.#isSparse[f] === 1) continue;
      this.#typeMean[base + f] = typeMean + typeRate * (value - typeMean);
      this.#typeVariance[base + f] = typeVariance + typeRate * (square - typeVariance);
    }
    this.#typeHours[type] = (this.#typeHours[type] as number) + weight;
    this.#ranked.forEach(({ source }, row) => {
      const value = values[source] as number;
      if (!Number.isNaN(value)) this.#ranks.learn(type, row, value, weight);
    });
  }

  toBytes(): Uint8Array {
    const { counts } = this.#ranks;
    const all = new Float64Array(this.#typeMean.length * 2 + this.#typeHours.length + counts.length);
    all.set(this.#typeMean);
    all.set(this.#typeVariance, this.#typeMean.length);
    all.set(this.#typeHours, this.#typeMean.length * 2);
    all.set(counts, all.length - counts.length);
    return new Uint8Array(all.buffer);
  }

  fromBytes(bytes: Uint8Array): void {
    const all = new Float64Array(bytes.slice().buffer);
    this.#typeMean.set(all.subarray(0, this.#typeMean.length));
    this.#typeVariance.set(all.subarray(this.#typeMean.length, this.#typeMean.length * 2));
    const ranks = this.#typeMean.length * 2 + this.#typeHours.length;
    this.#typeHours.set(all.subarray(this.#typeMean.length * 2, ranks));
    this.#ranks.counts.set(all.subarray(ranks));
  }
}

function showsAny(residuals: Float64Array, columns: readonly number[]): boolean {
  for (let c = 0; c < columns.length; c += 1)
    if ((residuals[columns[c] as number] as number) > 0) return true;
  return false;
}

/** Raw value on its scale. */
export function scaled(spec: FeatureSpec, raw: number): number {
  return spec.scale === 'log1p' ? log1p(Math.max(0, raw)) : raw;
}

/** Scaled value back as people read it. */
export function unscaled(spec: FeatureSpec, value: number): number {
  return spec.scale === 'log1p' ? Math.expm1(Math.max(0, value)) : value;
}
