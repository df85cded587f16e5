import { derivedInputs } from '../../schemas/model.ts';
import { featureNames } from './harvest.ts';
import { Samples } from './samples.ts';

/** Rows of many worlds on shared memory, so that several threads train on them without a copy each. */
export interface SharedRows {
  readonly worlds: number;
  readonly rows: Float32Array;
  readonly labels: Float32Array;
  readonly weights: Float32Array;
  /** Index into `scenarios`; −1 for a benign row. */
  readonly scenarioOf: Int16Array;
  readonly scenarios: readonly string[];
}

export type WorldRows = Omit<SharedRows, 'worlds'>;

const width = featureNames.length + derivedInputs;

/** Joins the rows of all worlds; worlds may name their scenarios in any order. */
export function sharedRows(worlds: readonly WorldRows[]): SharedRows {
  const scenarios = [...new Set(worlds.flatMap((world) => world.scenarios))].sort();
  const count = worlds.reduce((sum, { labels }) => sum + labels.length, 0);
  const joined: SharedRows = {
    worlds: worlds.length,
    rows: new Float32Array(new SharedArrayBuffer(4 * count * width)),
    labels: new Float32Array(new SharedArrayBuffer(4 * count)),
    weights: new Float32Array(new SharedArrayBuffer(4 * count)),
    scenarioOf: new Int16Array(new SharedArrayBuffer(2 * count)),
    scenarios,
  };
  let at = 0;
  for (const world of worlds) {
    const own = world.scenarios.map((scenario) => scenarios.indexOf(scenario));
    joined.rows.set(world.rows, at * width);
    joined.labels.set(world.labels, at);
    joined.weights.set(world.weights, at);
    world.scenarioOf.forEach((index, s) => {
      joined.scenarioOf[at + s] = index < 0 ? -1 : (own[index] as number);
    });
    at += world.labels.length;
  }
  return joined;
}

/** Scenarios with rows to learn from: all but those that break a rule outright. */
export function learntScenarios({ scenarios, scenarioOf }: SharedRows): string[] {
  const seen = new Set(scenarioOf);
  return scenarios.filter((_, index) => seen.has(index));
}

/** Everything but the rows of these scenarios' attacks. Throws when no world has one of them. */
export function samplesWithout(shared: SharedRows, without: readonly string[]): Samples {
  const left = new Set(without.map((scenario) => shared.scenarios.indexOf(scenario)));
  if (left.has(-1)) {
    const unknown = without.filter((scenario) => !shared.scenarios.includes(scenario));
    throw new RangeError(`no world has the scenario '${unknown.join("', '")}'`);
  }
  const samples = new Samples(width, Math.max(1, shared.labels.length));
  for (let s = 0; s < shared.labels.length; s += 1) {
    if (left.has(shared.scenarioOf[s] as number)) continue;
    samples.add(
      shared.rows.subarray(s * width, (s + 1) * width),
      shared.labels[s] as number,
      shared.weights[s] as number,
    );
  }
  return samples;
}
