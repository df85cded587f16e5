import type { OffsetsByTopicPartition } from 'kafkajs';
import { expect, test } from 'vitest';
import { acknowledgementsOf } from '../../../src/sources/kafka/acknowledgements.ts';
import { Assignment, type Tenure } from '../../../src/sources/kafka/assignment.ts';

const quiet = { info() {}, warn() {}, error() {}, debug() {} };

function setting(fail?: { type?: string }) {
  const assignment = new Assignment();
  const sent: OffsetsByTopicPartition[] = [];
  const acknowledgements = acknowledgementsOf(assignment, quiet, async (offsets) => {
    sent.push(offsets);
    if (fail !== undefined) throw Object.assign(new Error('refused'), fail);
  });
  const [zero, one] = assignment.join('m-1', { t: [0, 1] }) as [Tenure, Tenure];
  return { assignment, sent, acknowledgements, zero, one };
}

const request = (...partitions: [number, string][]) => ({
  topics: partitions.map(([partition, offset]) => ({ topic: 't', partitions: [{ partition, offset }] })),
});

test('acknowledgements of one turn are one request, with the newest position of each partition', async () => {
  const { sent, acknowledgements, zero, one } = setting();
  await Promise.all([
    acknowledgements.upTo(zero, 10),
    acknowledgements.upTo(one, 5),
    acknowledgements.upTo(zero, 20),
  ]);
  await acknowledgements.upTo(one, 6);
  expect(sent).toEqual([request([0, '20'], [1, '5']), request([1, '6'])]);
});

test('a partition that has moved is never acknowledged, not even when it has come back', async () => {
  const { assignment, sent, acknowledgements, zero, one } = setting();
  assignment.join('m-1', { t: [1] });
  await acknowledgements.upTo(zero, 10);
  const [back] = assignment.join('m-1', { t: [0, 1] });
  await Promise.all([acknowledgements.upTo(zero, 10), acknowledgements.upTo(one, 7)]);
  await acknowledgements.upTo(back as Tenure, 30);
  expect(sent).toEqual([request([1, '7']), request([0, '30'])]);
});

test('a member that the group had forgotten begins anew with all its partitions', async () => {
  const { assignment, sent, acknowledgements, zero } = setting();
  expect(assignment.join('m-1', { t: [0, 1] })).toEqual([]);
  expect(assignment.join('m-2', { t: [0, 1] })).toHaveLength(2);
  await acknowledgements.upTo(zero, 10);
  expect(sent).toEqual([]);
});

test('an answer that the membership has ended is no failure, any other is', async () => {
  const ended = setting({ type: 'ILLEGAL_GENERATION' });
  await ended.acknowledgements.upTo(ended.zero, 10);
  const refused = setting({ type: 'COORDINATOR_NOT_AVAILABLE' });
  await expect(refused.acknowledgements.upTo(refused.zero, 10)).rejects.toThrow('refused');
});
