import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { call, endOf, steady } from '../../detectors/examples/streams.ts';
import type { UsageEvent } from '../../schemas/usage-event.ts';
import { testEngine } from '../support/engine-for-tests.ts';

const strangers = 4;
/** What a population's shares differ by when somebody else came a moment earlier. */
const mostBits = 0.5;

/** The same habit for each, in networks and on objects of their own. */
function ownUse(n: number): UsageEvent[] {
  return [...steady({ days: 3, perHour: 4 })].map((event) => ({
    ...event,
    credentialId: `key-${n}`,
    clientAddress: `192.0.${n}.77`,
    objectId: `${n}-${event.objectId}`,
    objectNumber: null,
  }));
}

describe('credentials that have nothing to do with each other', () => {
  test('have the same scores in whatever order their calls come', () => {
    const uses = Array.from({ length: strangers }, (_, n) => ownUse(n));
    const calls = (uses[0] as UsageEvent[]).length;
    const lastScores = (order: (step: number) => readonly number[]) => {
      const engine = testEngine();
      for (let step = 0; step < calls; step += 1) {
        for (const n of order(step)) {
          const event = uses[n]?.[step] as UsageEvent;
          engine.process(event, event.timestampMs, 'test', null);
        }
      }
      engine.finish();
      const last = new Map<string, number>();
      for (const line of engine.drain().scores) last.set(line['credential.id'], line.score_bits);
      return last;
    };
    const usual = lastScores(() => [0, 1, 2, 3]);
    expect(usual.size).toBe(strangers);
    const orders = fc.array(fc.shuffledSubarray([0, 1, 2, 3], { minLength: strangers }), {
      minLength: 3,
      maxLength: 7,
    });
    fc.assert(
      fc.property(orders, (drawn) => {
        const scores = lastScores((step) => drawn[step % drawn.length] as number[]);
        for (const [id, bits] of scores)
          expect(Math.abs(bits - (usual.get(id) as number)), id).toBeLessThan(mostBits);
      }),
      { numRuns: 12 },
    );
  });

  test('take no more memory when many times as many come as there is room for', () => {
    const room = 200;
    const engine = testEngine({
      maxCredentials: room,
      sizes: { objects: 1 << 10, owners: 1 << 10, operations: 1 << 10, tokens: 1 << 10, names: 100 },
    });
    let at = endOf({ days: 1 });
    const meet = (from: number, to: number) => {
      for (let n = from; n < to; n += 1) {
        for (let use = 0; use < 4; use += 1) {
          at += 40_000;
          const event = call(at, {
            credentialId: `key-${n}`,
            consumerId: `team-${n}`,
            clientAddress: `10.${n >> 8}.${n & 255}.${use}`,
            userAgent: `client-${n}/1.${use}`,
            objectId: `${n}-${use}`,
            httpRequestId: `${n}-${use}`,
          });
          engine.process(event, at, 'test', null);
        }
        engine.drain();
      }
    };
    /** All that a checkpoint holds after this one: each writes only what changed. */
    const entries = new Map<string, number>();
    const stored = () => {
      engine.checkpoint({
        put: (key, value) => void entries.set(key, value.byteLength),
        remove: (key) => void entries.delete(key),
      });
      return [...entries.values()].reduce((sum, bytes) => sum + bytes, 0);
    };
    meet(0, 20 * room);
    const filled = stored();
    meet(20 * room, 40 * room);
    const overrun = stored();
    const { credentials, evictedFull, tableEvictions } = engine.figures();
    expect(credentials).toBe(room);
    expect(evictedFull).toBe(39 * room);
    expect(tableEvictions.get('objects')).toBeGreaterThan(0);
    expect(tableEvictions.get('names')).toBeGreaterThan(0);
    expect(overrun).toBeLessThan(filled * 1.1);
  });
});
