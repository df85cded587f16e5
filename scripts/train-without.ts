import { parentPort, workerData } from 'node:worker_threads';
import type { Model } from '../schemas/model.ts';
import { type SharedRows, samplesWithout } from '../src/training/left-out.ts';
import { learnNetworks, type Recipe } from '../src/training/recipe.ts';

/** One training in a thread of its own, on rows that all threads share. */
export interface TrainTask {
  readonly shared: SharedRows;
  /** Scenario to leave out; null for none. */
  readonly scenario: string | null;
  readonly recipe: Recipe;
  readonly seed: number;
}

export interface TrainResult {
  readonly networks: Model['networks'];
  readonly samples: number;
  readonly seconds: number;
}

const { shared, scenario, recipe, seed } = workerData as TrainTask;
const started = performance.now();
const samples = samplesWithout(shared, scenario);
const networks = learnNetworks(samples, shared.worlds, recipe, { samples: seed, networks: seed });
const result: TrainResult = {
  networks,
  samples: samples.count,
  seconds: (performance.now() - started) / 1000,
};
parentPort?.postMessage(result);
