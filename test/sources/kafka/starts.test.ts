import { expect, test } from 'vitest';
import { type PartitionFacts, startOf } from '../../../src/sources/kafka/starts.ts';

const facts = (some: Partial<PartitionFacts>): PartitionFacts => ({
  low: 0,
  high: 100,
  committed: undefined,
  last: undefined,
  firstNewer: undefined,
  from: undefined,
  ...some,
});
const last = { offset: 49, newestMs: 1000 };

test.each<[string, Partial<PartitionFacts>, Partial<ReturnType<typeof startOf>>]>([
  ["goes on at the group's position", { committed: 40 }, { offset: 40, isGroups: true, lost: 0 }],
  [
    "prefers the group's position to its own",
    { committed: 70, last },
    { offset: 70, isGroups: true, isAnother: false },
  ],
  ['says what was deleted before it was read', { low: 30, committed: 10 }, { offset: 30, lost: 20 }],
  [
    'begins where it is told to in a topic without positions',
    { from: 100 },
    { offset: 100, isGroups: false, isAnother: false },
  ],
  ['says so too of what was deleted behind that place', { from: 20, low: 30 }, { offset: 30, lost: 10 }],
  ['begins at the beginning when that place was in another topic', { from: 101 }, { offset: 0, lost: 0 }],
  ['begins at the beginning of what came later', { low: 5 }, { offset: 5, isAnother: false }],
  [
    'goes on behind what it has judged when the group has forgotten',
    { last, firstNewer: 50 },
    { offset: 50, lost: 0 },
  ],
  [
    'does so when nothing newer has come',
    { last, high: 50, firstNewer: 50 },
    { offset: 50, isAnother: false },
  ],
  [
    'does so when the topic has been emptied',
    { last, low: 50, high: 50, firstNewer: 50 },
    { offset: 50, isAnother: false },
  ],
  [
    'does so, with a loss, when more has been deleted',
    { last, low: 60, firstNewer: 60 },
    { offset: 60, lost: 10, isAnother: false },
  ],
  [
    'sees another topic when its end is before what it has read',
    { last, high: 49 },
    { offset: 0, isAnother: true },
  ],
  ['also when it is empty', { last, high: 0 }, { offset: 0, isAnother: true }],
  ["also by the group's position alone", { committed: 101 }, { offset: 0, isAnother: true }],
  [
    'also when it has grown since, by its first record being newer',
    { last, firstNewer: 0 },
    { offset: 0, isAnother: true },
  ],
  [
    'reads another topic from its beginning, whatever `from` says',
    { last, high: 10, from: 10 },
    { offset: 0, isAnother: true },
  ],
])('startOf() %s', (_, some, expected) => {
  expect(startOf(facts(some))).toMatchObject(expected);
});
