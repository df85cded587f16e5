import type { Kafka } from 'kafkajs';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Assignment } from '../../../src/sources/kafka/assignment.ts';
import { watchLag } from '../../../src/sources/kafka/lag.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('brokers that are away when it begins are asked again', async () => {
  let tries = 0;
  const admin = {
    async connect() {
      tries += 1;
      if (tries === 1) throw new Error('no broker');
    },
    disconnect: async () => {},
    fetchTopicOffsets: async () => [{ partition: 0, offset: '9', high: '9', low: '0' }],
  };
  const assignment = new Assignment();
  const [tenure] = assignment.join('member', { logs: [0] });
  if (tenure !== undefined) tenure.next = 4;
  const watch = watchLag({ admin: () => admin } as unknown as Pick<Kafka, 'admin'>, assignment);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(watch.records.size).toBe(0);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(watch.records.get('logs/0')).toBe(5);
  await watch.close();
});
