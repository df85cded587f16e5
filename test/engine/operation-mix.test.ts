import { describe, expect, test } from 'vitest';
import { detectors } from '../../detectors/index.ts';
import { emptyUsageEvent } from '../../schemas/usage-event.ts';
import type { BehaviouralDetector } from '../../src/engine/detector.ts';
import type { HourTrace } from '../../src/engine/engine.types.ts';
import { columnsOf } from '../../src/engine/scorer.ts';
import { testEngine } from '../support/engine-for-tests.ts';

const hourMs = 3_600_000;
const startMs = Date.UTC(2026, 2, 2);
const evidence = columnsOf(detectors.filter((d): d is BehaviouralDetector => d.kind === 'behavioural')).find(
  ({ spec }) => spec.name === 'mix-evidence',
);

/** Evidence of the owner's hours, as each closes: `routeOf` says what the owner does, a peer does all ten. */
function evidenceByHour(
  hours: number,
  perHour: number,
  routeOf: (hour: number, n: number) => string,
): number[] {
  const seen: number[] = [];
  const engine = testEngine({
    trace({ credentialId, moment, raw }: HourTrace) {
      if (credentialId === 'owner' && moment === 'close') seen.push(raw[evidence?.index ?? -1] as number);
    },
  });
  for (let hour = 0; hour < hours; hour += 1) {
    for (let n = 0; n < perHour; n += 1) {
      const timestampMs = startMs + hour * hourMs + (n * hourMs) / perHour;
      const call = (credentialId: string, route: string) =>
        engine.process(
          { ...emptyUsageEvent(), credentialId, route, timestampMs, eventId: `${credentialId}-${hour}-${n}` },
          timestampMs,
          'p',
          null,
        );
      call('peer', `op-${n % 10}`);
      call('owner', routeOf(hour, n));
    }
  }
  engine.finish();
  return seen;
}

describe('the mix of operations', () => {
  test('is held against what was done before the hour, however often it is done within it', () => {
    const usual = evidenceByHour(12, 64, (_, n) => `op-${n % 2}`);
    const foreign = evidenceByHour(12, 64, (hour, n) => (hour === 11 ? 'op-7' : `op-${n % 2}`));
    expect(usual.at(-1)).toBeLessThan(-1);
    // Sixty-four times the same: the sixtieth says as much as the first.
    expect(foreign.at(-1)).toBeGreaterThan(3);
    expect(foreign.slice(0, 11)).toEqual(usual.slice(0, 11));
  });

  test('says nothing in an hour with nothing before it', () => {
    expect(evidenceByHour(1, 64, (_, n) => `op-${n}`)).toEqual([expect.closeTo(0, 5)]);
  });

  test('locks nobody into old habits: three days of other work are a habit', () => {
    const changed = evidenceByHour(110, 64, (hour, n) => (hour < 12 ? `op-${n % 2}` : `op-${7 + (n % 2)}`));
    expect(changed[12]).toBeGreaterThan(3);
    // Little of it is learnt before: a thief at work for a day still stands out.
    expect(changed[12 + 24]).toBeGreaterThan(1.5);
    expect(changed.at(-1)).toBeLessThan(0.5);
  });
});
