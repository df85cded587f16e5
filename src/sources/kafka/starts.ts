import type { Admin } from 'kafkajs';
import type { KafkaSourceConfig } from '../../../schemas/config/source.ts';

/** The last record of a partition that this process, or the one before it, has read. */
export interface LastRead {
  readonly offset: number;
  /** Newest time of all records read from it. */
  readonly newestMs: number | undefined;
}

export interface PartitionFacts {
  readonly low: number;
  readonly high: number;
  /** Undefined: the group has no position there. */
  readonly committed: number | undefined;
  readonly last: LastRead | undefined;
  /** First record newer than all that were read; undefined when it was not needed or asked. */
  readonly firstNewer: number | undefined;
  /** Where source.kafka.from pointed when this process began; undefined when it does not apply. */
  readonly from: number | undefined;
}

export interface Start {
  readonly offset: number;
  /** The group has a position there already, which stays as it is. */
  readonly isGroups: boolean;
  /** The topic was deleted and made anew: what is known of positions in the old one means nothing. */
  readonly isAnother: boolean;
  /** Records that were deleted before anybody of the group has read them. */
  readonly lost: number;
}

/**
 * Where a partition begins. Positions of a topic that was made anew are told by lying behind its end, or,
 * when it has grown beyond them since, by its first record being newer than all that was read.
 */
export function startOf({ low, high, committed, last, firstNewer, from }: PartitionFacts): Start {
  const isBehindEnd = (last !== undefined && last.offset >= high) || (committed ?? 0) > high;
  const isAllNewer = last !== undefined && low <= last.offset && firstNewer === low && high > low;
  if (isBehindEnd || isAllNewer) return { offset: low, isGroups: false, isAnother: true, lost: 0 };
  // Behind the end lies what was pointed at in another topic.
  const pointed = from !== undefined && from <= high ? from : low;
  const next = committed ?? (last === undefined ? pointed : last.offset + 1);
  return {
    offset: Math.max(low, next),
    isGroups: committed !== undefined,
    isAnother: false,
    lost: Math.max(0, low - next),
  };
}

export interface Beginning {
  readonly topic: string;
  readonly partition: number;
  readonly last: LastRead | undefined;
  readonly from: number | undefined;
}

/** Asks the brokers what `startOf` needs, in the order given. */
export async function startsOf(
  admin: Admin,
  groupId: string,
  beginnings: readonly Beginning[],
): Promise<Start[]> {
  const topics = [...new Set(beginnings.map(({ topic }) => topic))];
  const committed = new Map<string, number>();
  for (const { topic, partitions } of await admin.fetchOffsets({ groupId, topics: [...topics] })) {
    for (const { partition, offset } of partitions)
      if (Number(offset) >= 0) committed.set(`${topic}/${partition}`, Number(offset));
  }
  const ends = new Map<string, { low: number; high: number }>();
  for (const topic of topics) {
    for (const { partition, low, high } of await admin.fetchTopicOffsets(topic))
      ends.set(`${topic}/${partition}`, { low: Number(low), high: Number(high) });
  }
  const starts: Start[] = [];
  for (const { topic, partition, last, from } of beginnings) {
    const where = `${topic}/${partition}`;
    const end = ends.get(where);
    // A broker that has not heard of the partition yet; to take it for an empty one would read it all again.
    if (end === undefined) throw new Error(`${where} is not known to every broker yet`);
    const position = committed.get(where);
    // The group keeps its position over a restart, and loses it with the topic.
    const isDoubtful = position === undefined && last?.newestMs !== undefined;
    const newer = isDoubtful
      ? await admin.fetchTopicOffsetsByTimestamp(topic, (last?.newestMs as number) + 1)
      : [];
    const firstNewer = newer.find((one) => one.partition === partition)?.offset;
    starts.push(
      startOf({
        ...end,
        committed: position,
        last,
        firstNewer: firstNewer === undefined ? undefined : Number(firstNewer),
        from,
      }),
    );
  }
  return starts;
}

/** Topics in which the group has no position at all. */
export async function topicsWithoutPosition(
  admin: Admin,
  groupId: string,
  topics: readonly string[],
): Promise<Set<string>> {
  const positions = await admin.fetchOffsets({ groupId, topics: [...topics] });
  const without = positions.filter(({ partitions }) => partitions.every(({ offset }) => Number(offset) < 0));
  return new Set(without.map(({ topic }) => topic));
}

/** Where `from` points now, by `topic/partition`. Empty when it is the beginning, where reading begins anyway. */
export async function pointedAt(
  admin: Admin,
  from: KafkaSourceConfig['from'],
  topics: readonly string[],
): Promise<Map<string, number>> {
  const places = new Map<string, number>();
  if (from === 'earliest') return places;
  for (const topic of topics) {
    const offsets =
      from === 'latest'
        ? await admin.fetchTopicOffsets(topic)
        : await admin.fetchTopicOffsetsByTimestamp(topic, Date.parse(from));
    for (const { partition, offset } of offsets) places.set(`${topic}/${partition}`, Number(offset));
  }
  return places;
}
