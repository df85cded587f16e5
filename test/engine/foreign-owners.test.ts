import { expect, test } from 'vitest';
import { call, endOf, steady } from '../../detectors/examples.ts';
import type { UsageEvent } from '../../schemas/usage-event.ts';
import { plainModel, testEngine } from '../support/engine-for-tests.ts';

const column = plainModel().featureNames.indexOf('foreign-owners');
const habit = { days: 2, perHour: 12 };

const objectOf = (n: number): Partial<UsageEvent> => ({
  path: `/orders/${70_000 + n}`,
  objectId: `${70_000 + n}`,
  objectNumber: 70_000 + n,
});

/** What is measured when key-1 reads 24 objects that so many others used before. */
function measured(owners: number): number {
  let last = Number.NaN;
  const engine = testEngine({
    trace: ({ credentialId, raw }) => {
      if (credentialId === 'key-1') last = raw[column] as number;
    },
  });
  const feed = (event: UsageEvent) => engine.process(event, event.timestampMs, 'p', null);
  for (const event of steady(habit)) feed(event);
  for (let n = 0; n < 24; n += 1)
    feed(call(endOf(habit) + n, { ...objectOf(n), credentialId: `other-${n % owners}` }));
  for (let n = 0; n < 24; n += 1) feed(call(endOf(habit) + 60_000 + n * 20_000, objectOf(n)));
  engine.finish();
  return last;
}

test("objects of one other are one owner's, objects of many are many's", () => {
  expect(measured(1)).toBeCloseTo(1, 1);
  expect(measured(4)).toBeGreaterThan(2.5);
  expect(measured(4)).toBeLessThan(6);
  expect(measured(24)).toBeGreaterThan(15);
  expect(measured(24)).toBeLessThan(36);
});
