import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { detectors } from '../../detectors/index.ts';
import { model as modelSchema } from '../../schemas/model.ts';
import type { ScoreLine } from '../../schemas/score-line.ts';
import type { createEngine } from '../../src/engine/engine.ts';
import type { Engine } from '../../src/engine/engine.types.ts';
import { createWorld } from '../../src/simulation/world.ts';
import { hash32 } from '../../src/stats/hash.ts';
import { testEngine } from '../support/engine-for-tests.ts';

const model = modelSchema.parse(
  JSON.parse(readFileSync(join(import.meta.dirname, '../../detectors/model.json'), 'utf8')),
);
const world = () =>
  createWorld({
    seed: 4242,
    style: 'tuning',
    days: 12,
    warmupDays: 6,
    attacks: 'all',
    overrides: { fleet: 120, eventsPerCredentialDay: 40 },
  });

/** One engine for all, or several that share nothing, each with its own credentials: what partitions by credential are. */
function play(shards: number) {
  const engines: Engine[] = Array.from({ length: shards }, () => testEngine({ detectors, model }));
  for (const { event } of world().calls()) {
    const shard = hash32(event.credentialId) % shards;
    (engines[shard] as Engine).process(event, event.timestampMs, 'p', null);
  }
  const outputs = engines.map((engine) => {
    engine.finish();
    return engine.drain();
  });
  const alerts = outputs.flatMap((output) => output.alerts);
  const scores = new Map<string, ScoreLine>();
  for (const line of outputs.flatMap((output) => output.scores))
    scores.set(`${line['credential.id']} ${line.hour}`, line);
  return { alerts, scores };
}

const violated = ({ alerts }: ReturnType<typeof play>) =>
  [
    ...new Set(
      // A broken rule may be told in an incident that behaviour had opened before.
      alerts.flatMap(({ credential, evidence }) =>
        evidence.filter(({ kind }) => kind === 'violation').map((e) => `${credential.id} ${e.detector}`),
      ),
    ),
  ].sort();

const one = play(1);
const four = play(4);

describe('an engine in four shards', () => {
  test('scores the same hours as one engine', () => {
    expect([...four.scores.keys()].sort()).toEqual([...one.scores.keys()].sort());
  });

  test('finds the same broken rules', () => {
    expect(violated(one).length).toBeGreaterThan(0);
    expect(violated(four)).toEqual(violated(one));
  });

  test('differs in scores by little where it matters: what all credentials share is a fourth each', () => {
    const differences = [...one.scores].map(([key, line]) => {
      const other = four.scores.get(key) as ScoreLine;
      return Math.abs(other.score_bits - line.score_bits);
    });
    differences.sort((a, b) => a - b);
    const share = (q: number) => differences[Math.floor(differences.length * q)] as number;
    expect(share(0.5)).toBeLessThan(1);
    expect(share(0.9)).toBeLessThan(4);
  });

  test('gives the same output again', () => {
    expect(JSON.stringify(play(4).alerts)).toBe(JSON.stringify(four.alerts));
  });
});

test('createEngine() judges alike what comes live and what is replayed', () => {
  // Positions differ between a live source and a file; nothing else may.
  const strip = (text: string) => text.replaceAll(/"at":(null|\{[^}]*\})/g, '');
  const outputs = [null, { kind: 'file', path: 'x.log', line: 7 } as const].map((at) => {
    const engine: ReturnType<typeof createEngine> = testEngine({ detectors, model });
    for (const { event } of world().calls())
      engine.process(event, event.timestampMs + (at === null ? 0 : 60_000), 'p', at);
    engine.finish();
    return strip(
      JSON.stringify(
        engine
          .drain()
          .alerts.map(({ id, state, scoreBits, evidence }) => ({ id, state, scoreBits, evidence })),
      ),
    );
  });
  expect(outputs[0]).toBe(outputs[1]);
}, 180_000);
