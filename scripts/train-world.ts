import { parentPort, workerData } from 'node:worker_threads';
import { derivedInputs, type Model } from '../schemas/model.ts';
import { coldHours, youngStreamMs } from '../src/engine/warming-up.ts';
import { createRandom } from '../src/simulation/random.ts';
import type { WorldOptions } from '../src/simulation/world.ts';
import { squash } from '../src/stats/squash.ts';
import { featureNames, harvest, sparseColumns } from '../src/training/harvest.ts';

/** One world in a thread of its own: samples for training, or hours for validation. */
export interface WorldTask {
  readonly options: WorldOptions;
  readonly model: Model;
  readonly purpose: 'train' | 'validate';
}

export interface WorldResult {
  /** Rows of inputs, one behind the other; label 1, 0; weight. */
  readonly rows: Float32Array;
  readonly labels: Float32Array;
  readonly weights: Float32Array;
  /** Scenario of each row's attack, as an index into `scenarios`; −1 for a benign row. */
  readonly scenarioOf: Int16Array;
  readonly scenarios: readonly string[];
  /** Mean of scaled features over benign hours, and their variance inside credentials; NaN: never measured. */
  readonly mean: Float64Array;
  readonly variance: Float64Array;
  readonly benignHours: number;
  readonly attacks: number;
  readonly events: number;
  readonly seconds: number;
  /** Validation: highest score of every clean credential-day, and of every attack. */
  readonly cleanDays: Float32Array;
  /** The same of credentials known for less than a day of use, while the world is young. */
  readonly coldDays: Float32Array;
  readonly episodes: readonly {
    scenario: string;
    violation: boolean;
    best: number;
    hours: number;
  }[];
}

/** Inputs of a residual of three deviations: hours with less are quiet, and one in a few is enough of them. */
const quiet = squash(3);
const thinning = 12;
/** A running hour is judged many times, but is one hour; only its louder and louder moments can alert. */
const snapshotShare = 0.25;
const snapshotWeight = 0.5;
const louderBits = 0.5;

const { options, model, purpose } = workerData as WorldTask;
const random = createRandom(options.seed).stream('training');
const width = featureNames.length + derivedInputs;
const sparse = new Set(sparseColumns());
const rows: number[][] = [];
const labels: number[] = [];
const weights: number[] = [];
const attackRows = new Map<number, number[]>();
/** Loudest moment so far of each hour that is open. */
const loudest = new Map<string, number>();
const perCredential = new Map<string, { n: Float64Array; mean: Float64Array; square: Float64Array }>();
const total = new Float64Array(featureNames.length);
/** Benign hours in which the feature was measured. */
const measured = new Float64Array(featureNames.length);
const cleanDays = new Map<string, number>();
const coldDays = new Map<string, number>();
const best = new Map<number, { best: number; hours: number }>();
let benignHours = 0;

const started = performance.now();
const { world, events } = harvest(options, model, 10, (hour) => {
  const isClose = hour.moment === 'close';
  if (hour.episode >= 0) {
    if (!isClose) return;
    const so = best.get(hour.episode) ?? { best: Number.NEGATIVE_INFINITY, hours: 0 };
    best.set(hour.episode, { best: Math.max(so.best, hour.scoreBits), hours: so.hours + 1 });
    if (purpose === 'train' && !hour.violation) {
      const list = attackRows.get(hour.episode) ?? [];
      list.push(rows.length);
      attackRows.set(hour.episode, list);
      push(hour.inputs, 1, 1);
    }
    return;
  }
  if (hour.nearAttack) return;
  if (!isClose) {
    if (purpose === 'train' && isLouder(hour.credentialId, hour.scoreBits) && random.next() < snapshotShare)
      benign(hour.inputs, snapshotWeight);
    return;
  }
  loudest.delete(hour.credentialId);
  benignHours += 1;
  habit(hour.credentialId, hour.scaled);
  const day = `${hour.credentialId} ${Math.floor(hour.hour / 24)}`;
  keepHighest(cleanDays, day, hour.scoreBits);
  if (hour.activeHours < coldHours && hour.streamMs < youngStreamMs)
    keepHighest(coldDays, day, hour.scoreBits);
  if (purpose !== 'train') return;
  benign(hour.inputs, 1);
});

function isLouder(credentialId: string, bits: number): boolean {
  if (bits < (loudest.get(credentialId) ?? Number.NEGATIVE_INFINITY) + louderBits) return false;
  loudest.set(credentialId, bits);
  return true;
}

function keepHighest(days: Map<string, number>, day: string, bits: number): void {
  days.set(day, Math.max(days.get(day) ?? Number.NEGATIVE_INFINITY, bits));
}

function benign(inputs: Float32Array, weight: number): void {
  let largest = 0;
  for (const input of inputs.subarray(0, featureNames.length)) largest = Math.max(largest, input);
  if (largest > quiet) push(inputs, 0, weight);
  else if (random.next() < 1 / thinning) push(inputs, 0, weight * thinning);
}

function push(inputs: Float32Array, label: number, weight: number): void {
  rows.push(Array.from(inputs));
  labels.push(label);
  weights.push(weight);
}

function habit(credentialId: string, scaledValues: Float32Array): void {
  let own = perCredential.get(credentialId);
  if (own === undefined) {
    own = {
      n: new Float64Array(featureNames.length),
      mean: new Float64Array(featureNames.length),
      square: new Float64Array(featureNames.length),
    };
    perCredential.set(credentialId, own);
  }
  for (let f = 0; f < featureNames.length; f += 1) {
    const value = scaledValues[f] as number;
    if (Number.isNaN(value) || (value === 0 && sparse.has(f))) continue;
    const n = (own.n[f] as number) + 1;
    const step = value - (own.mean[f] as number);
    own.n[f] = n;
    own.mean[f] = (own.mean[f] as number) + step / n;
    own.square[f] = (own.square[f] as number) + step * (value - (own.mean[f] as number));
    total[f] = (total[f] as number) + value;
    measured[f] = (measured[f] as number) + 1;
  }
}

for (const [, list] of attackRows) for (const row of list) weights[row] = 1 / list.length;

const variance = new Float64Array(featureNames.length);
const degrees = new Float64Array(featureNames.length);
for (const { n, square } of perCredential.values()) {
  for (let f = 0; f < variance.length; f += 1) {
    if ((n[f] as number) < 3) continue;
    degrees[f] = (degrees[f] as number) + (n[f] as number) - 1;
    variance[f] = (variance[f] as number) + (square[f] as number);
  }
}

const scenarios = [...new Set(world.episodes.map(({ scenario }) => scenario))];
const scenarioOf = new Int16Array(rows.length).fill(-1);
for (const [episode, list] of attackRows) {
  const index = scenarios.indexOf((world.episodes[episode] as (typeof world.episodes)[number]).scenario);
  for (const row of list) scenarioOf[row] = index;
}

const flat = new Float32Array(rows.length * width);
rows.forEach((row, r) => {
  flat.set(row, r * width);
});
const result: WorldResult = {
  rows: flat,
  labels: Float32Array.from(labels),
  weights: Float32Array.from(weights),
  scenarioOf,
  scenarios,
  mean: total.map((sum, f) => sum / (measured[f] as number)),
  variance: variance.map((sum, f) => sum / (degrees[f] as number)),
  benignHours,
  attacks: attackRows.size,
  events,
  seconds: (performance.now() - started) / 1000,
  cleanDays: Float32Array.from(cleanDays.values()),
  coldDays: Float32Array.from(coldDays.values()),
  episodes: world.episodes.flatMap((episode, index) => {
    const found = best.get(index);
    if (episode.chaff || found === undefined) return [];
    const { scenario, violation } = episode;
    return [{ scenario, violation, ...found }];
  }),
};
parentPort?.postMessage(result);
