import { describe, expect, test } from 'vitest';
import { planConfounders } from '../../src/simulation/confounders/index.ts';
import { orderedRuns } from '../../src/simulation/confounders/ordered-runs.ts';
import { secondClient, secondSite } from '../../src/simulation/confounders/side-by-side.ts';
import { dayMs } from '../../src/simulation/credential.ts';
import { createFleet, type Fleet } from '../../src/simulation/fleet.ts';
import { drawParameters } from '../../src/simulation/parameters.ts';
import { createRandom } from '../../src/simulation/random.ts';
import type { Activity } from '../../src/simulation/scenario.ts';

const startMs = Date.UTC(2026, 2, 2);

function fleetOf(seed: number): Fleet {
  const random = createRandom(seed);
  const parameters = { ...drawParameters('tuning', random), fleet: 300 };
  return createFleet(random, parameters, startMs, startMs + 20 * dayMs);
}

/** Shares of the steps of a run that go up, and that go up by the smallest step of the run. */
function order({ times, make }: Activity): { up: number; even: number } {
  const ids = times.map((timeMs, i) => make(timeMs, i).object);
  const steps = ids.slice(1).map((id, i) => id - (ids[i] as number));
  const least = Math.min(...steps.filter((step) => step > 0));
  return {
    up: steps.filter((step) => step > 0).length / steps.length,
    even: steps.filter((step) => step === least).length / steps.length,
  };
}

describe('orderedRuns', () => {
  const fleet = fleetOf(3);
  const planned = orderedRuns.plan(fleet, createRandom(4));
  const runs = typeof planned === 'number' ? [] : planned.activities;

  test('read ids upwards, some of them without a gap', () => {
    expect(runs.length).toBeGreaterThan(10);
    const orders = runs.map(order);
    for (const { up } of orders) expect(up).toBeGreaterThan(0.85);
    expect(orders.filter(({ even }) => even > 0.9).length).toBeGreaterThan(3);
  });

  test('are the work of some credentials, within their time', () => {
    const workers = new Set(runs.map(({ target }) => target));
    expect(workers.size).toBeLessThan(fleet.credentials.length / 4);
    for (const { times } of runs) expect(times[0]).toBeGreaterThanOrEqual(startMs);
  });
});

describe.each([secondClient, secondSite])('$id', (confounder) => {
  test('adds a place beside the others, and most take it away again', () => {
    const fleet = fleetOf(5);
    const before = new Map(fleet.credentials.map((each) => [each, each.slots.length]));
    expect(confounder.plan(fleet, createRandom(6))).toBeGreaterThan(0);
    const changed = fleet.credentials.filter(({ changes }) => changes.length > 0);
    let lasting = 0;
    for (const each of changed) {
      const [come, go] = each.changes;
      come?.apply(each);
      expect(each.slots.length).toBeGreaterThan(before.get(each) as number);
      expect(
        new Set(each.slots.map(({ client, address }) => `${client.userAgent} ${address}`)).size,
      ).toBeGreaterThan(1);
      if (go?.atMs === Number.POSITIVE_INFINITY) lasting += 1;
      go?.apply(each);
      expect(each.slots.length).toBe(before.get(each));
    }
    expect(lasting).toBeLessThan(changed.length);
  });
});

test('worlds differ in what is everyday by more than chance', () => {
  const counts = [1, 2, 3, 4, 5, 6].map(
    (seed) => planConfounders(fleetOf(9), createRandom(seed)).counts.get('backfill') ?? 0,
  );
  expect(Math.max(...counts)).toBeGreaterThan(3 * Math.min(...counts));
});
