import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { detectors } from '../../detectors/index.ts';
import { families } from '../../schemas/alert.ts';
import { emptyUsageEvent, type UsageEvent, usageEventFields } from '../../schemas/usage-event.ts';
import {
  type BehaviouralDetector,
  type Detector,
  examplesOf,
  type Measures,
} from '../../src/engine/detector.ts';
import { type Layout, RecordLayout, type StateOf } from '../../src/engine/record-layout.ts';
import { nothingSeen, type Seen } from '../../src/engine/seen.ts';
import { hash32 } from '../../src/stats/hash.ts';
import { drive, isFinding, isSilence } from '../support/drive-detector.ts';
import { freshRecord } from '../support/fresh-record.ts';
import { randomEvent, randomSeen, randomStep } from '../support/random-events.ts';

const folder = join(import.meta.dirname, '../../detectors');
const mostFeatures = 65;
const mostWords = 130;

const behavioural = detectors.filter((d): d is BehaviouralDetector => d.kind === 'behavioural');
const violations = detectors.filter((d) => d.kind === 'violation');

/** A record with one detector's fields, as bytes that can be compared. */
function record(detector: BehaviouralDetector) {
  const layout = new RecordLayout();
  const state = layout.add<Layout>(detector.id, detector.state);
  const bytes = freshRecord(layout);
  return { state: state as StateOf<Layout>, bytes, layout };
}

const nothing = Number.NEGATIVE_INFINITY;

/** What was not measured is below all that is: a total that was measured stays so. */
function known(value: number | undefined): number {
  return value === undefined || Number.isNaN(value) ? nothing : value;
}

/** What was not measured is NaN; nothing is infinite. */
function expectMeasures(detector: BehaviouralDetector, values: readonly number[]): void {
  detector.features.forEach(({ name }, f) => {
    const value = values[f] as number;
    expect(Number.isFinite(value) || Number.isNaN(value), name).toBe(true);
  });
}

function measured(detector: BehaviouralDetector): Measures & { values: number[] } {
  const values: number[] = [];
  return {
    values,
    set(feature, value) {
      expect(detector.features[feature], `${detector.id} has no feature ${feature}`).toBeDefined();
      values[feature] = value;
    },
  };
}

describe('the catalogue', () => {
  it('lists every file once, under its own id, in the folder of its family', () => {
    const files = families.flatMap((family) =>
      readdirSync(join(folder, family)).map((file) => `${family}/${file}`),
    );
    expect(detectors.map(({ family, id }) => `${family}/${id}.ts`).sort()).toEqual(files.sort());
  });

  it('names every feature once over all detectors', () => {
    const names = behavioural.flatMap(({ features }) => features.map(({ name }) => name));
    expect(new Set(names).size).toBe(names.length);
  });

  it('lets what holds earlier hours be carried by features that there are', () => {
    const features = behavioural.flatMap((detector) => detector.features);
    const names = features.map(({ name }) => name);
    const carriers = features.flatMap(({ carriedBy = [] }) => carriedBy);
    expect(carriers.length).toBeGreaterThan(0);
    expect(names).toEqual(expect.arrayContaining([...carriers]));
  });

  it(`measures at most ${mostFeatures} features in at most ${mostWords} words of state`, () => {
    const layout = new RecordLayout();
    for (const { id, state } of behavioural) layout.add(id, state);
    expect(behavioural.flatMap(({ features }) => features).length).toBeLessThanOrEqual(mostFeatures);
    expect(layout.words).toBeLessThanOrEqual(mostWords);
  });
});

describe.each(detectors.map((detector) => [detector.id, detector] as const))('%s', (_id, detector) => {
  it('says what it is, in the words of the standards it cites', () => {
    expect(detector.summary).toMatch(/^\S.{20,180}\.$/u);
    expect(detector.runbook.length).toBeGreaterThan(40);
    expect(detector.attack.length).toBeGreaterThan(0);
    for (const technique of detector.attack) expect(technique).toMatch(/^T\d{4}(\.\d{3})?$/);
    for (const item of detector.owasp) expect(item).toMatch(/^(API([1-9]|10):2023|NHI([1-9]|10):2025)$/);
    for (const sentence of detector.actions) expect(sentence).toMatch(/\.$/);
    expect(detector.actions.length).toBeGreaterThan(0);
  });

  it('needs fields that events have', () => {
    for (const field of detector.needs.flat()) expect(Object.keys(usageEventFields)).toContain(field);
  });

  it('has an example that finds and one that stays silent, each under a name of its own', () => {
    expect(new Set(detector.examples.map(({ expect: e }) => e))).toEqual(new Set(['finding', 'silence']));
    const names = examplesOf(detector).map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });

  it('admits in a sentence what it misses and what it mistakes, and proves each by a stream of its own', () => {
    expect(detector.misses.length).toBeGreaterThan(0);
    expect(detector.falsePositives.length).toBeGreaterThan(0);
    const limits = [...detector.misses, ...detector.falsePositives];
    for (const { limit } of limits) expect(limit).toMatch(/^[A-Z].{12,}[^.;]\.$/u);
    const streams = examplesOf(detector).map(({ events, options }) =>
      hash32(JSON.stringify([[...events()], options])),
    );
    expect(new Set(streams).size).toBe(streams.length);
  });

  it.each(examplesOf(detector).map((example) => [example.expect, example.name, example] as const))(
    '%s: %s',
    (_expected, _name, example) => {
      const verdict = drive(detector, example);
      const shown = JSON.stringify(verdict);
      if (example.expect === 'finding') expect(isFinding(detector, verdict), shown).toBe(true);
      else expect(isSilence(detector, verdict), shown).toBe(true);
    },
  );
});

describe.each(behavioural.map((detector) => [detector.id, detector] as const))(
  '%s score',
  (_id, detector) => {
    it('changes nothing, and gives a finite number for every feature or says that there is none, whatever the event', () => {
      fc.assert(
        fc.property(fc.array(randomStep, { minLength: 1, maxLength: 30 }), (steps) => {
          const { state, bytes } = record(detector);
          for (const [event, seen] of steps) {
            const before = bytes.slice();
            const out = measured(detector);
            detector.score(event, state, seen, out);
            expect(bytes).toEqual(before);
            expect(out.values.length).toBe(detector.features.length);
            expectMeasures(detector, out.values);
            detector.learn(event, state, seen);
            const learnt = measured(detector);
            detector.score(event, state, seen, learnt);
            expectMeasures(detector, learnt.values);
          }
        }),
        { numRuns: 60 },
      );
    });

    it('measures totals that never fall while an hour runs', () => {
      fc.assert(
        fc.property(fc.array(randomStep, { minLength: 2, maxLength: 30 }), (steps) => {
          const { state } = record(detector);
          let last: number[] = [];
          steps.forEach(([event, seen], n) => {
            const within: Seen = { ...seen, hour: 500_000, timeS: 1_800_000_000 + n, opensHour: n === 0 };
            const out = measured(detector);
            detector.score(event, state, within, out);
            detector.features.forEach(({ shape, name }, f) => {
              const previous = known(last[f]);
              // Records hold single precision.
              const slack = previous === nothing ? 0 : 1e-5 * Math.max(1, Math.abs(previous));
              if (shape === 'total')
                expect(known(out.values[f]), name).toBeGreaterThanOrEqual(previous - slack);
            });
            last = out.values;
            detector.learn(event, state, within);
          });
        }),
        { numRuns: 60 },
      );
    });

    it('learns exactly what it measured: the next event starts from it', () => {
      const { state } = record(detector);
      const event = { ...emptyUsageEvent(), credentialId: 'key-1' };
      const quiet = nothingSeen();
      quiet.timeS = 1_800_000_000;
      const first = measured(detector);
      detector.score(event, state, quiet, first);
      detector.learn(event, state, quiet);
      const second = measured(detector);
      detector.score(event, state, quiet, second);
      detector.features.forEach(({ shape, name }, f) => {
        if (shape === 'total')
          expect(known(second.values[f]), name).toBeGreaterThanOrEqual(known(first.values[f]));
      });
    });

    it('writes sentences with what was observed and what was expected', () => {
      for (const { text } of detector.features) {
        const sentence = text('12,345', '67.8');
        expect(sentence).toContain('12,345');
        expect(sentence).toContain('67.8');
      }
    });
  },
);

describe.each(violations.map((detector) => [detector.id, detector] as const))('%s', (_id, detector) => {
  it('takes its options from nothing, each described', () => {
    expect(() => detector.options.parse({})).not.toThrow();
    const options = detector.options;
    expect(options).toBeInstanceOf(z.ZodObject);
    for (const [name, option] of Object.entries((options as z.ZodObject).shape)) {
      expect((option as z.ZodType).description, name).toMatch(/\.$/);
    }
    expect(() => detector.options.parse({ surprise: 1 })).toThrow();
  });

  it('says nothing about an event in which nothing was seen', () => {
    const event: UsageEvent = { ...emptyUsageEvent(), credentialId: 'key-1' };
    expect(detector.score(event, nothingSeen(), detector.options.parse({}))).toBeUndefined();
  });

  it('quotes attacker-controlled text only capped and without control characters', () => {
    fc.assert(
      fc.property(randomEvent, randomSeen, (event, seen) => {
        const found = detector.score(
          event,
          { ...seen, denied: false, success: true },
          strictOptions(detector),
        );
        if (found === undefined) return;
        for (const words of [found.observed, found.text]) {
          expect(words.length).toBeLessThan(500);
          expect(words).not.toMatch(/\p{Cc}/u);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('never quotes a token, proof or key in full', () => {
    const secret = 'c2VjcmV0LXZhbHVlLW5vYm9keS1tYXktc2VlLWl0LWhlcmU';
    const events = examplesOf(detector)
      .filter(({ expect: e }) => e === 'finding')
      .flatMap(({ events: made }) => [...made()].slice(-3));
    for (const event of events) {
      const keyed = {
        ...event,
        tokenId: secret,
        proofId: event.proofId === null ? null : secret,
        presentedKey: event.presentedKey === null ? null : secret,
        tokenBoundKey: event.tokenBoundKey === null ? null : `${secret}-2`,
      };
      const use = { secondsAgo: 600, sameContext: false, failed: false };
      const seen = {
        ...nothingSeen(),
        success: true,
        earlierUse: use,
        siblingUse: use,
        gatewayLogsKeys: true,
      };
      const found = detector.score(keyed, seen, strictOptions(detector));
      expect(JSON.stringify(found ?? {})).not.toContain(secret);
    }
  });
});

/** Options under which even an honest token breaks a rule, so that texts are seen. */
function strictOptions(detector: Detector): unknown {
  if (detector.kind !== 'violation') return {};
  if (detector.id === 'wrong-audience') return detector.options.parse({ audiences: ['a'], issuers: ['b'] });
  return detector.options.parse({});
}
