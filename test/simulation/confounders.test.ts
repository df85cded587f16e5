import { describe, expect, test } from 'vitest';
import { agentFields, toolOf } from '../../src/simulation/agents.ts';
import type { Operation } from '../../src/simulation/apis.ts';
import { byHand } from '../../src/simulation/confounders/by-hand.ts';
import { ownFailover } from '../../src/simulation/confounders/deployments.ts';
import { planConfounders } from '../../src/simulation/confounders/index.ts';
import { listExports } from '../../src/simulation/confounders/list-exports.ts';
import { newIntegrations } from '../../src/simulation/confounders/new-integrations.ts';
import { orderedRuns } from '../../src/simulation/confounders/ordered-runs.ts';
import { hotspot } from '../../src/simulation/confounders/people.ts';
import { ownScripts, stressTests } from '../../src/simulation/confounders/scripts.ts';
import { secondClient, secondSite } from '../../src/simulation/confounders/side-by-side.ts';
import { clientUpgrade } from '../../src/simulation/confounders/upgrades.ts';
import { type Credential, dayMs, type Slot } from '../../src/simulation/credential.ts';
import { eventOf } from '../../src/simulation/event.ts';
import { createFleet, type Fleet } from '../../src/simulation/fleet.ts';
import { drawParameters } from '../../src/simulation/parameters.ts';
import { createRandom } from '../../src/simulation/random.ts';
import type { Activity } from '../../src/simulation/scenario.ts';
import { plainCall } from '../../src/simulation/traffic.ts';

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

test("a developer tries a machine's key from an own desk, with a tool", () => {
  const fleet = fleetOf(15);
  const planned = byHand.plan(fleet, createRandom(16));
  const tries = typeof planned === 'number' ? [] : planned.activities;
  expect(tries.length).toBeGreaterThan(5);
  const desks = new Set(
    fleet.credentials
      .filter(({ kind }) => kind === 'person')
      .flatMap(({ slots }) => slots.map((s) => s.address)),
  );
  for (const { target, times, make } of tries) {
    const { slot } = make(times[0] as number, 0);
    expect(target.kind).not.toBe('person');
    expect(desks).toContain(slot.address);
    expect(target.slots.map(({ client }) => client)).not.toContain(slot.client);
    expect((times.at(-1) as number) - (times[0] as number)).toBeLessThan(dayMs / 8);
  }
});

test('a developer who has the secret fetches a token of his own, few show the machine’s', () => {
  const fleet = fleetOf(15);
  const planned = byHand.plan(fleet, createRandom(16));
  const tries = typeof planned === 'number' ? [] : planned.activities;
  const withTokens = tries.filter(({ target }) => target.tokenLifetimeMs > 0);
  const own = withTokens.filter(({ target, times, make }) => {
    const shown = make(times[0] as number, 0).slot.token;
    return shown !== null && shown !== target.borrowed;
  });
  expect(withTokens.length).toBeGreaterThan(5);
  expect(own.length).toBeGreaterThan(withTokens.length * 0.6);
});

test('a new integration has a place and a program of its own beside the first, within its time', () => {
  const fleet = fleetOf(19);
  const planned = newIntegrations.plan(fleet, createRandom(20));
  const runs = typeof planned === 'number' ? [] : planned.activities;
  expect(runs.filter(({ times }) => times.length > 0).length).toBeGreaterThan(5);
  for (const { target, times, make } of runs) {
    const calls = times.slice(0, 20).map((timeMs, i) => make(timeMs, i));
    expect(new Set(calls.map(({ slot }) => slot.address)).size).toBeLessThanOrEqual(1);
    for (const { slot } of calls)
      expect(target.slots.map(({ address }) => address)).not.toContain(slot.address);
    expect(new Set(calls.map(({ slot }) => slot.client)).size).toBeLessThanOrEqual(1);
    for (const timeMs of times) expect(timeMs).toBeGreaterThanOrEqual(startMs);
    expect(times.length).toBeLessThan(8_000);
  }
});

test('whoever uses a key shows the new one once it is rotated', () => {
  const fleet = fleetOf(19);
  const [credential] = fleet.credentials as [Credential];
  const place: Slot = { ...(credential.slots[0] as Slot), template: null };
  const operation = credential.operations[0] as Operation;
  const idAfter = () =>
    eventOf(credential, plainCall(createRandom(1), place, operation, -1, -1, 200, 1), startMs, 'x', 1)
      .credentialId;
  const before = idAfter();
  credential.base = { ...credential.base, credentialId: 'rotated' };
  expect([before, idAfter()]).toEqual([credential.id, 'rotated']);
});

test('a script runs where its owner is, and a load test somewhere else, both faster than people', () => {
  const fleet = fleetOf(21);
  const runsOf = (planned: ReturnType<typeof ownScripts.plan>) =>
    typeof planned === 'number' ? [] : planned.activities;
  const scripts = runsOf(ownScripts.plan(fleet, createRandom(22)));
  const loads = runsOf(stressTests.plan(fleet, createRandom(23)));
  expect(scripts.length).toBeGreaterThan(3);
  expect(loads.length).toBeGreaterThan(3);
  const addressOf = ({ times, make }: Activity) => make(times[0] as number, 0).slot.address;
  const homes = ({ target }: Activity) => target.slots.map(({ address }) => address);
  for (const run of scripts) expect(homes(run)).toContain(addressOf(run));
  for (const run of loads) expect(homes(run)).not.toContain(addressOf(run));
  const gapMs = ({ times }: Activity) => ((times.at(-1) as number) - (times[0] as number)) / times.length;
  for (const run of scripts) expect(gapMs(run)).toBeLessThan(16_000);
  for (const { times } of loads)
    expect((times.at(-1) as number) - (times[0] as number)).toBeLessThan(dayMs / 20);
});

test('an export turns page after page, from the place where its credential always is', () => {
  const fleet = fleetOf(17);
  const planned = listExports.plan(fleet, createRandom(18));
  const exports = typeof planned === 'number' ? [] : planned.activities;
  expect(exports.length).toBeGreaterThan(5);
  for (const { target, times, make } of exports) {
    const calls = times.map((timeMs, i) => make(timeMs, i));
    expect(calls.map(({ page }) => page)).toEqual(calls.map((_, i) => i));
    expect(target.slots.map(({ address }) => address)).toContain(calls[0]?.slot.address);
  }
});

test('at a hotspot the session goes on elsewhere, for hours, and comes back', () => {
  const fleet = fleetOf(19);
  expect(hotspot.plan(fleet, createRandom(20))).toBeGreaterThan(5);
  let both = 0;
  for (const each of fleet.credentials.filter(({ changes }) => changes.length > 0)) {
    const home = each.slots;
    const [away, back] = each.changes;
    (home[0] as Slot).token = { id: 't', issuedAtMs: 0, expiresAtMs: 1, familyId: null, parentId: null };
    away?.apply(each);
    expect(each.slots.at(-1)?.address).not.toBe(home[0]?.address);
    expect(each.slots.at(-1)?.client).toBe(home[0]?.client);
    expect(each.slots.at(-1)?.token?.id).toBe('t');
    if (each.slots.length > home.length) both += 1;
    back?.apply(each);
    expect(each.slots).toBe(home);
  }
  expect(both).toBeGreaterThan(0);
});

test('who comes and goes does so in the calmest company too', () => {
  const planned = [1, 2, 3, 4, 5, 6].map((seed) => planConfounders(fleetOf(9), createRandom(seed)).counts);
  const sums = (id: string) => planned.reduce((sum, counts) => sum + (counts.get(id) ?? 0), 0);
  expect(sums('visitors')).toBeGreaterThan(6 * 30);
  expect(sums('second-client')).toBeLessThan(6 * 27);
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

test('a service that fails over on its own is elsewhere for hours, by the same program, and comes back', () => {
  const fleet = fleetOf(7);
  const homes = new Map(fleet.credentials.map((each) => [each, each.slots]));
  expect(ownFailover.plan(fleet, createRandom(8))).toBeGreaterThan(0);
  const moved = fleet.credentials.filter(({ changes }) => changes.length > 0);
  for (const each of moved) {
    const home = homes.get(each);
    const [away, back] = [...each.changes].sort((a, b) => a.atMs - b.atMs);
    const programs = new Set(each.slots.map(({ client }) => client));
    away?.apply(each);
    expect(each.slots).not.toBe(home);
    expect(each.slots.every(({ client }) => programs.has(client))).toBe(true);
    back?.apply(each);
    expect(each.slots).toBe(home);
  }
  expect(moved.length).toBeGreaterThan(1);
});

test('a program on several machines is upgraded on some of them before the others', () => {
  const fleet = fleetOf(11);
  clientUpgrade.plan(fleet, createRandom(12));
  const several = fleet.credentials.filter(({ slots, changes }) => slots.length > 1 && changes.length > 0);
  const mixed = several.filter((each) => {
    const before = new Set(each.slots.map(({ client }) => client));
    each.changes[0]?.apply(each);
    const after = each.slots.filter(({ client }) => !before.has(client)).length;
    return after > 0 && after < each.slots.length;
  });
  expect(mixed.length).toBeGreaterThan(0);
  expect(mixed.length).toBeLessThan(several.length);
});

test('half of the APIs have their tools behind one path, by names that half tell what they do', () => {
  const agents = fleetOf(13).credentials.filter(({ kind }) => kind === 'agent');
  const random = createRandom(14);
  const fields = agents.map((each) => agentFields(each, each.operations[0] as Operation, random));
  const onePath = fields.filter(({ route }) => route === 'POST /mcp').length;
  expect(onePath).toBeGreaterThan(0);
  expect(onePath).toBeLessThan(agents.length);
  const admin = agents.flatMap(({ api }) => api.admin.map(toolOf));
  const plain = admin.filter((name) => name.startsWith('task_')).length;
  expect(plain).toBeGreaterThan(admin.length / 4);
  expect(plain).toBeLessThan((3 * admin.length) / 4);
});

test('worlds differ in what is everyday by more than chance', () => {
  const counts = [1, 2, 3, 4, 5, 6].map(
    (seed) => planConfounders(fleetOf(9), createRandom(seed)).counts.get('backfill') ?? 0,
  );
  expect(Math.max(...counts)).toBeGreaterThan(3 * Math.min(...counts));
});
