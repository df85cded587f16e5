import { describe, expect, it } from 'vitest';
import { derivedInputs } from '../../schemas/model.ts';
import { featureNames } from '../../src/training/harvest.ts';
import { learntScenarios, samplesWithout, sharedRows, type WorldRows } from '../../src/training/left-out.ts';

const width = featureNames.length + derivedInputs;

/** Rows filled with one value each. */
function rowsOf(scenarios: readonly string[], rows: readonly (readonly [number, number])[]): WorldRows {
  return {
    scenarios,
    rows: Float32Array.from(rows.flatMap(([value]) => new Array<number>(width).fill(value))),
    labels: Float32Array.from(rows, ([, scenario]) => (scenario < 0 ? 0 : 1)),
    weights: Float32Array.from(rows, ([value]) => value / 10),
    scenarioOf: Int16Array.from(rows, ([, scenario]) => scenario),
  };
}

const one = rowsOf(
  ['theft', 'scrape', 'revoked'],
  [
    [1, -1],
    [2, 0],
    [3, 1],
  ],
);
const two = rowsOf(
  ['scrape'],
  [
    [4, 0],
    [5, -1],
  ],
);
const shared = sharedRows([one, two]);
const firstInputs = (samples: ReturnType<typeof samplesWithout>) =>
  Array.from({ length: samples.count }, (_, s) => samples.input(s, 0));

describe('samplesWithout', () => {
  it('takes everything when no scenario is left out', () => {
    const samples = samplesWithout(shared, []);
    expect(firstInputs(samples)).toEqual([1, 2, 3, 4, 5]);
    expect(Array.from({ length: 5 }, (_, s) => samples.label(s))).toEqual([0, 1, 1, 1, 0]);
    expect(samples.weight(4)).toBeCloseTo(0.5);
  });

  it('leaves out the attacks of one scenario in every world, whatever its index there', () => {
    expect(firstInputs(samplesWithout(shared, ['scrape']))).toEqual([1, 2, 5]);
    expect(firstInputs(samplesWithout(shared, ['theft']))).toEqual([1, 3, 4, 5]);
  });

  it('refuses a scenario that no world has', () => {
    expect(() => samplesWithout(shared, ['theft', 'spray'])).toThrow("no world has the scenario 'spray'");
  });
});

describe('learntScenarios', () => {
  it('names those with rows to learn from', () => {
    expect(learntScenarios(shared)).toEqual(['scrape', 'theft']);
  });
});
