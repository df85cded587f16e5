import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { call } from '../../detectors/examples/streams.ts';
import { detectors } from '../../detectors/index.ts';
import type { Alert } from '../../schemas/alert.ts';
import { model as modelSchema } from '../../schemas/model.ts';
import { CauseLog, leastShared, matchChanges } from '../../src/evaluation/common-causes.ts';
import { createWorld } from '../../src/simulation/world.ts';
import { testEngine } from '../support/engine-for-tests.ts';

const hourMs = 3_600_000;

test('CauseLog counts who shows a planned change after it was reached, and nobody else', () => {
  const reachedMs = new Map(Array.from({ length: 6 }, (_, c) => [`key-${c}`, 30 * hourMs] as const));
  const log = new CauseLog({
    causes: [{ confounder: 'client-upgrade', shows: 'client', startMs: 30 * hourMs, reachedMs }],
  });
  for (let hour = 1; hour < 40; hour += 1) {
    for (let c = 0; c < 8; c += 1) {
      const isNew = c === 5 ? hour > 25 : hour > 30;
      log.note(call(hour * hourMs + c, { credentialId: `key-${c}`, userAgent: isNew ? 'new/1' : 'old/1' }));
    }
  }
  const [shown] = log.causes;
  expect(shown?.shared).toBe(leastShared);
  expect([...(shown?.shownMs.keys() ?? [])].sort()).toEqual(['key-0', 'key-1', 'key-2', 'key-3', 'key-4']);
});

describe('a clean world with many releases', () => {
  const world = createWorld({
    seed: 7001,
    style: 'tuning',
    days: 14,
    warmupDays: 7,
    attacks: 'none',
    overrides: { fleet: 150, apis: 2, noise: 1.5, eventsPerCredentialDay: 40 },
  });
  const model = modelSchema.parse(
    JSON.parse(readFileSync(join(import.meta.dirname, '../../detectors/model.json'), 'utf8')),
  );
  const engine = testEngine({ detectors, model, scores: false });
  const log = new CauseLog(world);
  for (const { event } of world.calls()) {
    log.note(event);
    engine.process(event, event.timestampMs, 'world', null);
  }
  engine.finish();
  const alerts: readonly Alert[] = engine.drain().alerts;
  const matched = matchChanges(alerts, log.causes);

  test('has common changes that were planned, and most of what is told has its cause', () => {
    expect(log.causes.some(({ shared }) => shared >= leastShared)).toBe(true);
    expect(matched.length).toBeGreaterThan(0);
    const explained = matched.filter(({ causes }) => causes.length > 0);
    expect(explained.length / matched.length).toBeGreaterThanOrEqual(0.7);
  });

  test('tells of each cause once', () => {
    const leading = matched.flatMap(({ causes }) => causes.slice(0, 1));
    expect(leading.length).toBeGreaterThan(0);
    expect(new Set(leading).size).toBe(leading.length);
  });
});
