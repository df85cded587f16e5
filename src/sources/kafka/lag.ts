import type { Kafka } from 'kafkajs';
import { type Assignment, byTopic } from './assignment.ts';

const lagEveryMs = 10_000;

export interface LagWatch {
  /** Records between what was read and the end, by `topic/partition`. */
  readonly records: ReadonlyMap<string, number>;
  note(where: string, records: number): void;
  close(): Promise<void>;
}

/** How far the end of each partition lies ahead, also while the pipeline takes nothing. */
export function watchLag(kafka: Pick<Kafka, 'admin'>, assignment: Assignment): LagWatch {
  const records = new Map<string, number>();
  const admin = kafka.admin({ retry: { retries: 0 } });
  let connecting: Promise<void> = Promise.resolve();
  const look = async () => {
    // Does nothing while it is connected; brokers that were away at the start are found later.
    connecting = admin.connect();
    await connecting;
    for (const { topic } of byTopic(assignment.all())) {
      for (const { partition, high } of await admin.fetchTopicOffsets(topic)) {
        const where = `${topic}/${partition}`;
        const next = assignment.at(where)?.next;
        if (next !== undefined) records.set(where, Math.max(0, Number(high) - next));
      }
    }
    for (const where of records.keys()) if (assignment.at(where) === undefined) records.delete(where);
  };
  // Brokers that are away are the reader's to report; the figure stays as it was.
  const timer = setInterval(() => void look().catch(() => undefined), lagEveryMs);
  return {
    records,
    note: (where, lag) => void records.set(where, Math.max(0, lag)),
    async close() {
      clearInterval(timer);
      await connecting.catch(() => undefined);
      await admin.disconnect().catch(() => undefined);
    },
  };
}
