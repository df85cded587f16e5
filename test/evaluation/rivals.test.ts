import { describe, expect, it } from 'vitest';
import { detectors } from '../../detectors/index.ts';
import type { BehaviouralDetector } from '../../src/engine/detector.ts';
import type { HourTrace } from '../../src/engine/engine.types.ts';
import { columnsOf } from '../../src/engine/scorer.ts';
import { FirstSeenMemory, firstSeenKinds, firstSeenRules } from '../../src/evaluation/rivals/first-seen.ts';
import { columnsNamed, commonFeatures } from '../../src/evaluation/rivals/rival.ts';
import { staticLimits } from '../../src/evaluation/rivals/static-limits.ts';
import { zSquared } from '../../src/evaluation/rivals/z-squared.ts';
import { createWorld } from '../../src/simulation/world.ts';

const names = columnsOf(detectors.filter((d): d is BehaviouralDetector => d.kind === 'behavioural')).map(
  ({ spec }) => spec.name,
);
const noNews = { networks: 0, clients: 0, countries: 0, routes: 0 };

const hourOf = (credentialId: string, values: Partial<Record<string, number>>): HourTrace => ({
  credentialId,
  credentialType: 'api_key',
  hour: 0,
  moment: 'close',
  events: 1,
  activeHours: 0,
  raw: Float64Array.from(names, (name) => values[name] ?? 0),
  residuals: new Float64Array(names.length),
  scoreBits: 0,
  timeMs: 0,
});

describe('rivals', () => {
  it('are fed features that the detectors really measure', () => {
    expect(columnsNamed(names, commonFeatures)).toHaveLength(14);
    expect(() => columnsNamed(names, ['no-such-feature'])).toThrow("'no-such-feature'");
  });
});

describe('zSquared', () => {
  it('grows with the square of the surprise and with every first-seen kind', () => {
    const rival = zSquared(names, 'common');
    const usual = hourOf('a', { requests: 3 });
    const values = (requests: number) => {
      const vector = new Float64Array(names.length);
      vector[names.indexOf('requests')] = requests;
      return vector;
    };
    for (let n = 0; n < 100; n += 1) rival.score(usual, values(3 + (n % 2) * 0.2), noNews, true);
    const quiet = rival.score(usual, values(3.1), noNews, true);
    const loud = rival.score(usual, values(6), noNews, true);
    expect(quiet).toBeLessThan(2);
    expect(loud).toBeGreaterThan(100);
    expect(rival.score(usual, values(3.1), { ...noNews, networks: 2, clients: 1 }, true)).toBeCloseTo(
      rival.score(usual, values(3.1), noNews, true) + 18,
      0,
    );
  });
});

describe('firstSeenRules', () => {
  it('learns a day in silence, then counts kinds of values not seen in seven days', () => {
    const first = createWorld({ seed: 1, days: 1, attacks: 'none', overrides: { fleet: 5 } })
      .calls()
      .next();
    if (first.done) throw new Error('the world has no call');
    const event = {
      ...first.value.event,
      credentialId: 'c',
      clientAsn: 1,
      userAgent: 'u',
      clientCountry: 'DE',
      route: 'r',
    };
    const memory = new FirstSeenMemory();
    const at = (day: number, change: Partial<typeof event>) => {
      memory.observe({ ...event, timestampMs: event.timestampMs + day * 86_400_000, ...change });
      return firstSeenKinds(memory.close('c'));
    };
    expect(at(0, {})).toBe(0);
    expect(at(0.5, { clientAsn: 2 })).toBe(0);
    expect(at(2, {})).toBe(0);
    expect(at(3, { clientAsn: 3, userAgent: 'v' })).toBe(2);
    expect(at(3.1, { clientAsn: 3, userAgent: 'v' })).toBe(0);
    expect(at(20, {})).toBe(4);
  });

  it('orders hours by kinds first, then by how many values', () => {
    const rule = firstSeenRules();
    const score = (fresh: typeof noNews) => rule.score(hourOf('a', {}), new Float64Array(0), fresh, true);
    expect(score({ ...noNews, routes: 100 })).toBeLessThan(score({ ...noNews, routes: 1, networks: 1 }));
    expect(score({ ...noNews, routes: 2 })).toBeGreaterThan(score({ ...noNews, routes: 1 }));
  });
});

describe('staticLimits', () => {
  it('is the largest multiple of one limit', () => {
    const rule = staticLimits(names);
    const score = (values: Partial<Record<string, number>>) =>
      rule.score(hourOf('a', values), new Float64Array(0), noNews, true);
    expect(score({ requests: 500, denied: 60 })).toBe(2);
    expect(score({})).toBe(0);
  });
});
