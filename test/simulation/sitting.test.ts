import { describe, expect, test } from 'vitest';
import { createRandom } from '../../src/simulation/random.ts';
import { ofPerson, timesOf } from '../../src/simulation/sitting.ts';
import { createWorld } from '../../src/simulation/world.ts';

const dayMs = 86_400_000;

describe('timesOf()', () => {
  test('keeps calls in order, with pauses around the median between actions', () => {
    const random = createRandom(3).stream('sitting');
    const times = timesOf(random, { actions: 400, medianPauseMs: 10_000, pauseSpread: 0.3 }, 1_000);
    const gaps = times.slice(1).map((at, n) => at - (times[n] as number));
    expect(gaps.every((gap) => gap >= 0)).toBe(true);
    const pauses = gaps.filter((gap) => gap > 3_000).sort((a, b) => a - b);
    expect(pauses[pauses.length >> 1]).toBeGreaterThan(7_500);
    expect(pauses[pauses.length >> 1]).toBeLessThan(11_000);
  });
});

describe('visitors and scripts', () => {
  const world = createWorld({
    seed: 901,
    style: 'tuning',
    days: 12,
    warmupDays: 8,
    attacks: ['scripted-session'],
    overrides: { fleet: 120, attacksPerScenario: 3 },
  });
  const first = new Map<string, number>();
  const last = new Map<string, number>();
  const scripted = new Set<string>();
  for (const { event, attack } of world.calls()) {
    if (!first.has(event.credentialId)) first.set(event.credentialId, event.timestampMs);
    last.set(event.credentialId, event.timestampMs);
    if (attack !== null) scripted.add(event.credentialId);
  }

  test('log in once and never return', () => {
    const stays = [...first].map(([id, firstMs]) => (last.get(id) ?? 0) - firstMs);
    const brief = stays.filter((ms) => ms < dayMs / 8);
    expect(brief.length).toBeGreaterThan(30);
    expect(world.confounders.get('visitors')).toBeLessThanOrEqual(brief.length);
  });

  test('a script has a session of its own, new at its first call', () => {
    expect(scripted.size).toBe(world.episodes.length);
    expect(scripted.size).toBeGreaterThan(0);
    // Gateways have clocks of their own.
    for (const { credentialId, startMs } of world.episodes)
      expect(first.get(credentialId)).toBeGreaterThan(startMs - 300_000);
  });

  test('people differ from one another', () => {
    const random = createRandom(8).stream('people');
    const pauses = Array.from({ length: 200 }, () => ofPerson(random).medianPauseMs);
    expect(Math.max(...pauses) / Math.min(...pauses)).toBeGreaterThan(3);
  });
});
