import { parentPort, workerData } from 'node:worker_threads';
import type { Model } from '../schemas/model.ts';
import { type SharedRows, samplesWithout } from '../src/training/left-out.ts';
import { learnNetworks, type Recipe } from '../src/training/recipe.ts';

/** One training in a thread of its own, on rows that all threads share. */
export interface TrainTask {
  readonly shared: SharedRows;
  /** Scenarios to leave out. */
  readonly without: readonly string[];
  readonly recipe: Recipe;
  readonly seeds: { readonly samples: number; readonly networks: number };
}

export interface TrainResult {
  readonly networks: Model['networks'];
  readonly samples: number;
  /** Of the last network, after its last epoch. */
  readonly loss: number;
  readonly seconds: number;
}

const { shared, without, recipe, seeds } = workerData as TrainTask;
const started = performance.now();
const samples = samplesWithout(shared, without);
let loss = Number.NaN;
const networks = learnNetworks(samples, shared.worlds, recipe, seeds, (_, last) => {
  loss = last;
});
const result: TrainResult = {
  networks,
  samples: samples.count,
  loss,
  seconds: (performance.now() - started) / 1000,
};
parentPort?.postMessage(result);
