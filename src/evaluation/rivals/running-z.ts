import { shrunkMean, shrunkVariance } from '../../stats/residual.ts';

interface Own {
  hours: number;
  readonly mean: Float64Array;
  readonly variance: Float64Array;
}

const memoryHours = 200;

/** Running mean and variance of chosen columns per credential, shrunk to those of everybody. */
export class RunningZ {
  readonly #columns: readonly number[];
  readonly #credentials = new Map<string, Own>();
  readonly #all: Own;
  /** Of the last call of `measure`. */
  readonly z: Float64Array;

  constructor(columns: readonly number[]) {
    this.#columns = columns;
    this.#all = this.#fresh();
    this.z = new Float64Array(columns.length);
  }

  /** Fills `z` for this vector, then learns it. */
  measure(credentialId: string, scaled: Float64Array): Float64Array {
    let own = this.#credentials.get(credentialId);
    if (own === undefined) {
      own = this.#fresh();
      this.#credentials.set(credentialId, own);
    }
    const all = this.#all;
    this.#columns.forEach((column, n) => {
      const value = scaled[column] as number;
      const mean = shrunkMean(own.hours, own.mean[n] as number, all.mean[n] as number);
      const variance = shrunkVariance(own.hours, own.variance[n] as number, all.variance[n] as number);
      this.z[n] = (value - mean) / Math.sqrt(variance);
      learn(own, n, value, memoryHours);
      learn(all, n, value, 50_000);
    });
    own.hours += 1;
    all.hours += 1;
    return this.z;
  }

  #fresh(): Own {
    const width = this.#columns.length;
    return { hours: 0, mean: new Float64Array(width), variance: new Float64Array(width) };
  }
}

function learn(own: Own, n: number, value: number, memory: number): void {
  const rate = 1 / Math.min(own.hours + 1, memory);
  const step = value - (own.mean[n] as number);
  own.mean[n] = (own.mean[n] as number) + rate * step;
  own.variance[n] = (1 - rate) * ((own.variance[n] as number) + rate * step * step);
}
