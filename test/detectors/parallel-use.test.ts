import { describe, expect, it } from 'vitest';
import { call, endOf, steady } from '../../detectors/examples/streams.ts';
import type { UsageEvent } from '../../schemas/usage-event.ts';
import { featureNames } from '../../src/training/harvest.ts';
import { plainModel, testEngine } from '../support/engine-for-tests.ts';

const habit = { days: 6, perHour: 12 };
const elsewhere = { clientAddress: '203.0.113.20', clientAsn: 64501, userAgent: 'billing/3.0' };

/** How often one token went between two far places in the last hour, after these events. */
function farTokenReturns(events: Iterable<UsageEvent>): number {
  let last = Number.NaN;
  const engine = testEngine({
    model: plainModel(1000),
    trace: ({ moment, raw }) => {
      if (moment === 'close') last = raw[featureNames.indexOf('far-token-returns')] as number;
    },
  });
  for (const event of events) engine.process(event, event.timestampMs, 'test', null);
  engine.finish();
  return last;
}

/** One token in turn from the usual place and from elsewhere. */
function* inTurn(): Generator<UsageEvent> {
  for (let n = 0; n < 6; n += 1)
    yield call(endOf(habit) + n * 60_000, { ...(n % 2 === 0 ? {} : elsewhere), tokenId: 'token-of-both' });
}

describe('far-token-returns', () => {
  it('counts a token that comes back from a place of today', () => {
    expect(farTokenReturns([...steady(habit), ...inTurn()])).toBeCloseTo(2, 1);
  });

  it('leaves out a token between two places that have long been used, each with a client of its own', () => {
    const workers = steady({ ...habit, change: (n) => (Math.floor(n / 6) % 2 === 0 ? {} : elsewhere) });
    expect(farTokenReturns([...workers, ...inTurn()])).toBe(0);
  });
});
