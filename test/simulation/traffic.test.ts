import { describe, expect, test } from 'vitest';
import type { Operation } from '../../src/simulation/apis.ts';
import { dayMs, type Slot } from '../../src/simulation/credential.ts';
import { refreshToken } from '../../src/simulation/event.ts';
import { createFleet } from '../../src/simulation/fleet.ts';
import { drawParameters } from '../../src/simulation/parameters.ts';
import { createRandom } from '../../src/simulation/random.ts';
import { plainCall } from '../../src/simulation/traffic.ts';

const startMs = Date.UTC(2026, 2, 2);

function fleet(sharedTokenShare: number) {
  const random = createRandom(21);
  const parameters = { ...drawParameters('tuning', random), fleet: 200, sharedTokenShare };
  return createFleet(random, parameters, startMs, startMs + 5 * dayMs);
}

const people = (share: number) =>
  fleet(share).credentials.filter(
    ({ kind, slots, tokenLifetimeMs }) => kind === 'person' && slots.length > 1 && tokenLifetimeMs > 0,
  );

describe('plainCall()', () => {
  const random = createRandom(22);
  const operation = fleet(0).apis[0]?.operations[0] as Operation;
  const sizes = (fields: Partial<Operation>) =>
    Array.from({ length: 2_000 }, () => {
      const made = { ...operation, medianBytes: 1_000, ...fields };
      return plainCall(random, {} as Slot, made, -1, -1, 200, 1).bytes;
    }).sort((a, b) => a - b);

  test('answers as large as the operation always does, or of any size', () => {
    expect(new Set(sizes({ bytesSigma: 0, hugeShare: 0 }))).toEqual(new Set([1_000]));
    const wide = sizes({ bytesSigma: 1.5, hugeShare: 0 });
    expect(wide[1_000]).toBeGreaterThan(850);
    expect(wide[1_000]).toBeLessThan(1_150);
    expect((wide[1_900] as number) / (wide[100] as number)).toBeGreaterThan(50);
  });

  test('answers with something else altogether now and then', () => {
    const some = sizes({ bytesSigma: 0, hugeShare: 0.1 });
    const huge = some.filter((bytes) => bytes >= 10_000);
    expect(huge.length).toBeGreaterThan(140);
    expect(huge.length).toBeLessThan(260);
    expect(huge.at(-1)).toBeGreaterThan(500_000);
  });
});

describe('refreshToken()', () => {
  const tokens = (share: number) =>
    people(share).map((person) => {
      const random = createRandom(23);
      for (const slot of person.slots) refreshToken(person, slot, startMs, random);
      return new Set(person.slots.map(({ token }) => token?.id)).size;
    });

  test('gives each device a token of its own, or all the same', () => {
    expect(tokens(0).length).toBeGreaterThan(10);
    expect(Math.min(...tokens(0))).toBeGreaterThan(1);
    expect(Math.max(...tokens(1))).toBe(1);
  });
});
