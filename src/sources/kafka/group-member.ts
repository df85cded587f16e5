import type { EachBatchPayload, Kafka, OffsetsByTopicPartition } from 'kafkajs';
import type { KafkaSourceConfig } from '../../../schemas/config/source.ts';
import { byTopic, type Tenure } from './assignment.ts';
import { kafkaProblem } from './client.ts';

export interface MemberHooks {
  take(payload: EachBatchPayload): Promise<void>;
  /** Before anything is fetched under this assignment. */
  joined(member: GroupMember, memberId: string, assigned: Record<string, number[]>): void;
  left(): void;
  /** It cannot go on. */
  ended(error: Error): void;
  /** One line when it cannot read for the moment; undefined when it reads. */
  onProblem(text: string | undefined): void;
}

/** One membership of the consumer group, over a fixed list of topics. */
export interface GroupMember {
  readonly topics: readonly string[];
  pause(tenures: readonly Tenure[]): void;
  resume(tenures: readonly Tenure[]): void;
  /** Sets where partitions begin, for this member and for whoever comes after it. */
  beginAt(starts: readonly { topic: string; partition: number; offset: string }[]): Promise<void>;
  /** Commits under the membership in force; does not try again. */
  commit(offsets: OffsetsByTopicPartition): Promise<void>;
  /** Resolves when the batches under way are handed over. */
  leave(): Promise<void>;
}

const partitionsAtOnce = 4;
const heartbeatMs = 3_000;

export async function groupMember(
  kafka: Kafka,
  config: KafkaSourceConfig,
  topics: readonly string[],
  hooks: MemberHooks,
): Promise<GroupMember> {
  const consumer = kafka.consumer({
    groupId: config.groupId,
    sessionTimeout: config.sessionTimeoutMs,
    heartbeatInterval: heartbeatMs,
    maxBytesPerPartition: config.maxBytesPerPartition,
    maxBytes: config.maxBytesPerPartition * 8,
    maxWaitTimeInMs: 250,
    allowAutoTopicCreation: false,
    retry: {
      retries: 8,
      restartOnFailure: async (error) => {
        const { text, passing } = kafkaProblem(error, config);
        hooks.onProblem(text);
        return passing;
      },
    },
  });
  let hasLeft = false;
  let commit: EachBatchPayload['commitOffsetsIfNecessary'] | undefined;
  const member: GroupMember = {
    topics,
    pause: (tenures) => consumer.pause(byTopic(tenures)),
    resume: (tenures) => consumer.resume(byTopic(tenures)),
    async beginAt(starts) {
      if (starts.length === 0) return;
      for (const start of starts) consumer.seek(start);
      await consumer.commitOffsets([...starts]);
    },
    async commit(offsets) {
      await commit?.(offsets);
    },
    async leave() {
      hasLeft = true;
      hooks.left();
      await consumer.disconnect();
    },
  };
  consumer.on(consumer.events.CRASH, ({ payload: { error, restart } }) => {
    hooks.left();
    if (!restart && !hasLeft) hooks.ended(new Error(kafkaProblem(error, config).text, { cause: error }));
  });
  consumer.on(consumer.events.FETCH, () => hooks.onProblem(undefined));
  consumer.on(consumer.events.GROUP_JOIN, ({ payload: { memberId, memberAssignment } }) => {
    if (!hasLeft) hooks.joined(member, memberId, memberAssignment as unknown as Record<string, number[]>);
  });
  await consumer.connect();
  // Where a partition begins is set for each; what is left to the client is a position that the broker
  // has deleted already, and then everything that is still there is wanted.
  await consumer.subscribe({ topics: [...topics], fromBeginning: true });
  await consumer.run({
    autoCommit: false,
    eachBatchAutoResolve: false,
    partitionsConsumedConcurrently: partitionsAtOnce,
    eachBatch: (payload) => {
      commit = payload.commitOffsetsIfNecessary;
      return hooks.take(payload);
    },
  });
  return member;
}
