import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { model as modelSchema } from '../../schemas/model.ts';
import { testEngine } from '../support/engine-for-tests.ts';
import { randomEvent } from '../support/random-events.ts';

const model = modelSchema.parse(
  JSON.parse(readFileSync(join(import.meta.dirname, '../../detectors/model.json'), 'utf8')),
);

test('whatever an event says, every score and every bit of evidence is a finite number', () => {
  const steps = fc.array(
    fc.tuple(
      randomEvent,
      fc.constantFrom('a', 'b', 'c'),
      fc.constantFrom(0, 1, 60_000, 3_600_000, 40 * 86_400_000),
    ),
    { minLength: 5, maxLength: 60 },
  );
  fc.assert(
    fc.property(steps, (events) => {
      const engine = testEngine({ model, maxAheadMs: Number.POSITIVE_INFINITY });
      let timestampMs = 1_767_600_000_000;
      events.forEach(([event, credentialId, afterMs], n) => {
        timestampMs += afterMs;
        engine.process({ ...event, credentialId, timestampMs, eventId: `e-${n}` }, timestampMs, 'p', null);
        expect(Number.isFinite(engine.figures().thresholdBits)).toBe(true);
      });
      engine.finish();
      const { alerts, scores } = engine.drain();
      expect(scores.length).toBeGreaterThan(0);
      for (const line of scores) expect(Number.isFinite(line.score_bits)).toBe(true);
      for (const { scoreBits, thresholdBits, trust, evidence } of alerts)
        for (const value of [scoreBits, thresholdBits, trust, ...evidence.map(({ bits }) => bits)])
          expect(Number.isFinite(value)).toBe(true);
    }),
    { numRuns: 15 },
  );
});
