import { expect, test } from 'vitest';
import { call } from '../../detectors/examples/streams.ts';
import type { Alert } from '../../schemas/alert.ts';
import type { Model } from '../../schemas/model.ts';
import type { UsageEvent } from '../../schemas/usage-event.ts';
import type { Engine } from '../../src/engine/engine.types.ts';
import { hash32 } from '../../src/stats/hash.ts';
import { plainModel, testEngine } from '../support/engine-for-tests.ts';
import { theft } from '../support/theft.ts';

/** The thief shows the key in the URL in the end. */
const events = theft((n) => (n > 60 ? { secretQueryKeys: ['api_key'] } : {}));
const quietUntil = events.length - 140;

/** Evidence counts for so little that most of what comes is no news. */
function slowModel(): Model {
  const plain = plainModel(0);
  const skip = [...plain.featureNames.map(() => 0.2), 0, 0, 0];
  return { ...plain, networks: plain.networks.map((network) => ({ ...network, bias: -8, skip })) };
}

const resolveAfterMs = 3_600_000;
const newEngine = () => testEngine({ model: slowModel(), alertsPerDay: 1e-6, scores: false, resolveAfterMs });

function feed(engine: Engine, events: readonly UsageEvent[]): Alert[] {
  for (const event of events) engine.process(event, event.timestampMs, 'test', null);
  return [...engine.drain().alerts];
}

/** What is stored when the engine began with `earlier`. */
function stateOf(engine: Engine, earlier?: ReadonlyMap<string, Uint8Array>): Map<string, Uint8Array> {
  const state = new Map(earlier);
  engine.checkpoint({
    put: (key, value) => state.set(key, value.slice()),
    remove: (key) => state.delete(key),
  });
  return state;
}

function startedAgain(state: Map<string, Uint8Array>): Engine {
  const engine = newEngine();
  engine.restore(state);
  return engine;
}

/** What an alert says, without the events that it shows and those counted by then. */
function said({ examples: _, events: __, firstEventMs: ___, lastEventMs: ____, ...alert }: Alert): string {
  return `${alert.id} ${alert.state} ${alert.scoreBits} ${hash32(JSON.stringify(alert))}`;
}

/** What is told when the engine is stopped and started again before the event of this number. */
function toldWith(state: Map<string, Uint8Array>, events: readonly UsageEvent[], at: number): Alert[] {
  const first = startedAgain(state);
  const before = feed(first, events.slice(0, at));
  return [...before, ...feed(startedAgain(stateOf(first, state)), events.slice(at))];
}

test('a restart between any two events changes nothing of what is told, only the examples', () => {
  const quiet = newEngine();
  feed(quiet, events.slice(0, quietUntil));
  const state = stateOf(quiet);
  const loud = events.slice(quietUntil);
  const undisturbed = feed(startedAgain(state), loud);
  expect(undisturbed.length).toBeGreaterThan(2);
  expect(undisturbed.map(({ examples }) => examples.length >= 3)).not.toContain(false);

  let completed = 0;
  for (let at = 0; at < loud.length; at += 2) {
    const states = toldWith(state, loud, at);
    expect([...new Set(states.map(said))], `restart before event ${at}`).toEqual(undisturbed.map(said));
    expect(states.at(-1)?.examples.length).toBeGreaterThanOrEqual(3);
    if (states.length > undisturbed.length) completed += 1;
  }
  expect(completed).toBeGreaterThan(0);
});

test('an example is shown however often there was a restart before it', () => {
  let engine = newEngine();
  let shown = 0;
  for (let n = 0; n < 4; n += 1) {
    const atMs = (events[0]?.timestampMs ?? 0) + n;
    const alerts = feed(engine, [call(atMs, { secretQueryKeys: ['api_key'], objectId: `${n}` })]);
    shown = alerts.at(-1)?.examples.length ?? shown;
    engine = startedAgain(stateOf(engine));
  }
  expect(shown).toBe(3);
});

test('a restart does not end an incident before its time', () => {
  const engine = newEngine();
  feed(engine, events);
  const state = stateOf(engine);
  const quietFromMs = events.at(-1)?.timestampMs ?? 0;
  const overMs = quietFromMs + resolveAfterMs;
  // Somebody else's use moves the time on; the thief is back before anybody has looked.
  const others = Array.from({ length: 30 }, (_, n) =>
    call(overMs - 140_000 + n * 10_000, { credentialId: 'key-2' }),
  );
  const back = events
    .slice(-60, -40)
    .map((event, n) => ({ ...event, timestampMs: overMs + 5_000 + n * 100 }));
  const after = [...others, ...back].sort((a, b) => a.timestampMs - b.timestampMs);
  const undisturbed = feed(startedAgain(state), after).map(said);
  for (let at = 0; at < after.length; at += 1)
    expect([...new Set(toldWith(state, after, at).map(said))], `restart before event ${at}`).toEqual(
      undisturbed,
    );
});
