import type { OffsetsByTopicPartition } from 'kafkajs';
import type { Assignment, Tenure } from './assignment.ts';
import type { KafkaLogger } from './client.ts';

/** Errors that say the partition has gone to another member, which reads the batch again. */
const movedAway = new Set([
  'ILLEGAL_GENERATION',
  'UNKNOWN_MEMBER_ID',
  'REBALANCE_IN_PROGRESS',
  'FENCED_INSTANCE_ID',
]);

export interface Acknowledgements {
  /** Acknowledges everything before `next`; what is acknowledged in one turn goes out as one request. */
  upTo(tenure: Tenure, next: number): Promise<void>;
}

/**
 * `commit` must be the one of the membership that is in force when it is called and must not try again by
 * itself: a second try could come under the next membership, which the broker would take.
 */
export function acknowledgementsOf(
  assignment: Assignment,
  logger: KafkaLogger,
  commit: (offsets: OffsetsByTopicPartition) => Promise<void>,
): Acknowledgements {
  let due = new Map<Tenure, number>();
  let sending: Promise<void> | undefined;

  async function send(): Promise<void> {
    const now = due;
    due = new Map();
    sending = undefined;
    const topics = [...now]
      .filter(([tenure]) => assignment.holds(tenure))
      .map(([{ topic, partition }, next]) => ({ topic, partitions: [{ partition, offset: String(next) }] }));
    const moved = [...now.keys()].filter((tenure) => !assignment.holds(tenure));
    if (moved.length > 0) sayMoved(moved);
    if (topics.length === 0) return;
    try {
      await commit({ topics });
    } catch (error) {
      if (!movedAway.has((error as { type?: string }).type ?? '')) throw error;
      sayMoved([...now.keys()]);
    }
  }

  const sayMoved = (tenures: readonly Tenure[]) =>
    logger.info(
      { partitions: tenures.map(({ where }) => where) },
      'kafka: partitions have moved; their new reader has positions of its own',
    );

  return {
    upTo(tenure, next) {
      due.set(tenure, Math.max(next, due.get(tenure) ?? 0));
      sending ??= Promise.resolve().then(send);
      return sending;
    },
  };
}
