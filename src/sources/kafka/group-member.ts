import type { EachBatchPayload, Kafka, OffsetsByTopicPartition } from 'kafkajs';
import type { KafkaSourceConfig } from '../../../schemas/config/source.ts';
import { byTopic, type Tenure } from './assignment.ts';
import { kafkaProblem } from './client.ts';
import type { FetchedRecord } from './record-batches.ts';

/** What one request has brought of one partition. */
export interface Fetched {
  readonly topic: string;
  readonly partition: number;
  /** Never empty. */
  readonly messages: readonly FetchedRecord[];
  /** The offset that was asked for. */
  readonly from: number;
  /** Offset behind the last, whether it is among the messages or not. */
  readonly next: number;
  /** The partition's end. */
  readonly end: number;
  /** The member has stopped, or reads elsewhere by now. */
  isOver(): boolean;
  /** Tells the group that this member is alive. */
  heartbeat(): Promise<void>;
  /** What is fetched next begins behind it. Not called: it is fetched again. */
  resolve(): void;
}

export interface MemberHooks {
  take(fetched: Fetched): Promise<void>;
  /** Before anything is fetched under this assignment. */
  joined(member: GroupMember, memberId: string, assigned: Record<string, number[]>): void;
  left(): void;
  /** It cannot go on. */
  ended(error: Error): void;
  /** One line when it cannot read for the moment; undefined when it reads. */
  onProblem(text: string | undefined): void;
}

export interface Place {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

/** One membership of the consumer group, over a fixed list of topics. */
export interface GroupMember {
  readonly topics: readonly string[];
  pause(tenures: readonly Tenure[]): void;
  resume(tenures: readonly Tenure[]): void;
  /** Makes places the group's own, for whoever reads there next; rejects when the group does not take them. */
  keep(places: readonly Place[]): Promise<void>;
  /** What is fetched next begins there. */
  seek(place: Place): void;
  /** Commits under the membership in force; does not try again. */
  commit(offsets: OffsetsByTopicPartition): Promise<void>;
  /** Resolves when the batches under way are handed over. */
  leave(): Promise<void>;
}

const partitionsAtOnce = 4;
const heartbeatMs = 3_000;

export async function groupMember(
  kafka: Pick<Kafka, 'consumer'>,
  config: KafkaSourceConfig,
  topics: readonly string[],
  hooks: MemberHooks,
): Promise<GroupMember> {
  let hasLeft = false;
  /** Between a crash and the restart the client has nothing to pause, and throws. */
  let isInGroup = false;
  let commit: EachBatchPayload['commitOffsetsIfNecessary'] | undefined;
  const consumer = kafka.consumer({
    groupId: config.groupId,
    sessionTimeout: config.sessionTimeoutMs,
    heartbeatInterval: heartbeatMs,
    maxBytesPerPartition: config.maxBytesPerPartition,
    maxBytes: config.maxBytesPerPartition * 8,
    maxWaitTimeInMs: 250,
    allowAutoTopicCreation: false,
    // Partitions that were added are seen with the next look; the client's own is every five minutes.
    metadataMaxAge: config.topicRefreshMs,
    retry: {
      retries: 8,
      restartOnFailure: async (error) => {
        const { text, passing } = kafkaProblem(error, config);
        if (!hasLeft) hooks.onProblem(text);
        return passing && !hasLeft;
      },
    },
  });
  const member: GroupMember = {
    topics,
    pause(tenures) {
      if (isInGroup) consumer.pause(byTopic(tenures));
    },
    resume: (tenures) => consumer.resume(byTopic(tenures)),
    async keep(places) {
      if (places.length > 0)
        await consumer.commitOffsets(places.map((place) => ({ ...place, offset: String(place.offset) })));
    },
    seek: (place) => consumer.seek({ ...place, offset: String(place.offset) }),
    async commit(offsets) {
      await commit?.(offsets);
    },
    async leave() {
      hasLeft = true;
      hooks.left();
      await consumer.disconnect();
    },
  };
  consumer.on(consumer.events.STOP, () => {
    isInGroup = false;
  });
  consumer.on(consumer.events.CRASH, ({ payload: { error, restart } }) => {
    hooks.left();
    if (!restart && !hasLeft) hooks.ended(new Error(kafkaProblem(error, config).text, { cause: error }));
  });
  consumer.on(consumer.events.FETCH, () => hooks.onProblem(undefined));
  consumer.on(consumer.events.GROUP_JOIN, ({ payload: { memberId, memberAssignment } }) => {
    isInGroup = true;
    if (!hasLeft) hooks.joined(member, memberId, memberAssignment as unknown as Record<string, number[]>);
  });
  try {
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
        return hooks.take(fetchedOf(payload));
      },
    });
  } catch (error) {
    await member.leave();
    throw error;
  }
  return member;
}

function fetchedOf(payload: EachBatchPayload): Fetched {
  const { batch, heartbeat, resolveOffset, isRunning, isStale } = payload;
  const last = batch.lastOffset();
  return {
    topic: batch.topic,
    partition: batch.partition,
    messages: batch.messages as unknown as FetchedRecord[],
    // Its declaration forgets the offset asked for.
    from: Number((batch as unknown as { fetchedOffset: string }).fetchedOffset),
    next: Number(last) + 1,
    end: Number(batch.highWatermark),
    isOver: () => !isRunning() || isStale(),
    heartbeat,
    resolve: () => resolveOffset(last),
  };
}
