import { setTimeout as sleep } from 'node:timers/promises';
import type { EachBatchPayload, Kafka } from 'kafkajs';
import type { KafkaSourceConfig } from '../../../schemas/config/source.ts';
import { HandOver } from '../hand-over.ts';
import type { Batch, RawRecord, Source } from '../source.ts';
import { acknowledgementsOf } from './acknowledgements.ts';
import { Assignment, type Tenure } from './assignment.ts';
import { type KafkaLogger, kafkaClient, kafkaProblem } from './client.ts';
import { type GroupMember, groupMember } from './group-member.ts';
import { watchLag } from './lag.ts';
import type { FetchedRecord } from './record-batches.ts';
import { type LastRead, startsOf, topicsWithoutPosition } from './starts.ts';
import { isPattern, TopicsError, topicsAskedFor } from './topics.ts';

export interface KafkaSource extends Source {
  /** Records between what was read and the end, by `topic/partition`. */
  lag(): ReadonlyMap<string, number>;
  /** One line while brokers cannot be reached; undefined when all is well. */
  problem(): string | undefined;
  /** Partitions begun anew because their topic was deleted and made again. */
  startedOver(): number;
}

export interface KafkaSourceParts {
  readonly config: KafkaSourceConfig;
  readonly logger: KafkaLogger;
  readonly nowMs: () => number;
  /** Ends the wait for brokers at the start. */
  readonly stop: AbortSignal;
  /** Last record of each partition that the restored state holds, by `topic/partition`. */
  readonly restored?: ReadonlyMap<string, LastRead>;
  /** Told what the start waits for, one line; undefined when it goes on. */
  readonly waitingFor?: (problem: string | undefined) => void;
}

const batchesInHand = 8;
const heartbeatMs = 3_000;
const nothing = new Uint8Array(0);
const year2000Ms = 946_684_800_000;
const firstWaitMs = 1_000;
const longestWaitMs = 30_000;

interface Given {
  readonly tenure: Tenure;
  readonly batch: Batch;
}

/**
 * Topics read as a member of a consumer group.
 *
 * Delivery guarantee: at least once. Positions are committed only for batches that were acknowledged
 * while their partition was this member's without a break; when it moves to another member, that one
 * reads again what was not. A codec, login or topic that is wrong ends the source with one line; brokers
 * that are away, and topics that have gone, are waited for.
 */
export async function createKafkaSource(parts: KafkaSourceParts): Promise<KafkaSource> {
  const { config, logger, nowMs } = parts;
  const kafka = kafkaClient(config, logger);
  const opened = await connected(kafka, parts);
  const handOver = new HandOver<Given>(batchesInHand);
  const assignment = new Assignment();
  const lastRead = new Map(parts.restored);
  const lag = watchLag(kafka, assignment);
  const format = config.format === 'auto' ? undefined : config.format;
  let outstanding = 0;
  let startedOver = 0;
  let problem: string | undefined;
  let isClosing = false;

  const acknowledgements = acknowledgementsOf(assignment, logger, (offsets) => member.commit(offsets));
  let member: GroupMember = await join(opened.topics);
  let changing: Promise<void> = Promise.resolve();
  const watch = config.topics.some(isPattern) ? setInterval(look, config.topicRefreshMs) : undefined;
  logger.info({ topics: opened.topics, group: config.groupId }, 'kafka: reading');

  function join(topics: readonly string[]): Promise<GroupMember> {
    return groupMember(kafka, config, topics, {
      take,
      joined,
      left: () => assignment.leave(),
      ended: (error) => handOver.end(error),
      onProblem(text) {
        if (text === undefined) {
          if (problem !== undefined) logger.info('kafka: reading again');
        } else if (text !== problem) logger.warn(`${text}; trying again`);
        problem = text;
      },
    });
  }

  /** New partitions stand still until it is known where they begin. */
  function joined(from: GroupMember, memberId: string, assigned: Record<string, number[]>): void {
    const fresh = assignment.join(memberId, assigned);
    if (fresh.length === 0) return;
    from.pause(fresh);
    void begin(from, fresh);
  }

  async function begin(from: GroupMember, tenures: readonly Tenure[]): Promise<void> {
    const held = () => tenures.filter((tenure) => assignment.holds(tenure));
    for (let isFirst = true; held().length > 0 && !isClosing; isFirst = false) {
      try {
        const beginning = held();
        await setStarts(from, beginning);
        if (!isClosing) from.resume(beginning.filter((tenure) => assignment.holds(tenure)));
        return;
      } catch (error) {
        if (isFirst) logger.warn(`${kafkaProblem(error, config).text}; trying again`);
        await sleep(firstWaitMs);
      }
    }
  }

  async function setStarts(from: GroupMember, tenures: readonly Tenure[]): Promise<void> {
    const beginnings = tenures.map(({ where, topic, partition }) => ({
      topic,
      partition,
      last: lastRead.get(where),
      isFirst: opened.without.has(topic),
    }));
    const admin = kafka.admin();
    await admin.connect();
    const starts = await startsOf(admin, config, beginnings).finally(() => admin.disconnect());
    const chosen: { topic: string; partition: number; offset: string }[] = [];
    for (const [n, { offset, isAnother, lost }] of starts.entries()) {
      const tenure = tenures[n] as Tenure;
      const { topic, partition, where } = tenure;
      if (lost > 0)
        logger.warn({ partition: where, records: lost }, 'kafka: records were deleted before they were read');
      if (isAnother) startOver(tenure);
      if (offset !== undefined && assignment.holds(tenure))
        chosen.push({ topic, partition, offset: String(offset) });
    }
    await from.beginAt(chosen);
  }

  function startOver(tenure: Tenure): void {
    startedOver += 1;
    tenure.startsOver = true;
    lastRead.delete(tenure.where);
    logger.warn(
      { partition: tenure.where },
      'kafka: the topic was deleted and made anew; its new records are read from their beginning',
    );
  }

  /** Hands one fetched batch over, keeping the membership alive while the pipeline is busy. */
  async function take({
    batch,
    heartbeat,
    resolveOffset,
    isRunning,
    isStale,
  }: EachBatchPayload): Promise<void> {
    const tenure = assignment.at(`${batch.topic}/${batch.partition}`);
    if (tenure === undefined || !isRunning() || isStale()) return;
    const messages = batch.messages as unknown as FetchedRecord[];
    const first = Number(messages[0]?.offset);
    const next = Number(batch.lastOffset()) + 1;
    // Offsets that go back without a joining: the broker knew none as high as ours.
    if (tenure.next !== undefined && first < tenure.next) startOver(tenure);
    const { records, newestMs } = recordsOf(tenure, messages);
    const { startsOver } = tenure;
    tenure.startsOver = false;
    lag.note(tenure.where, Number(batch.highWatermark) - first);
    outstanding += 1;
    const given = handOver.give({
      tenure,
      batch: {
        records,
        startsOver: startsOver ? [tenure.where] : [],
        async commit() {
          await acknowledgements.upTo(tenure, next);
          outstanding -= 1;
        },
      },
    });
    const beat = setInterval(() => void heartbeat().catch(() => undefined), heartbeatMs);
    try {
      if (!(await given)) {
        outstanding -= 1;
        return;
      }
    } finally {
      clearInterval(beat);
    }
    const before = startsOver ? undefined : lastRead.get(tenure.where)?.newestMs;
    lastRead.set(tenure.where, { offset: next - 1, newestMs: Math.max(newestMs, before ?? 0) });
    tenure.next = next;
    lag.note(tenure.where, Number(batch.highWatermark) - next);
    resolveOffset(String(next - 1));
    await heartbeat();
  }

  function recordsOf({ where, topic, partition }: Tenure, messages: readonly FetchedRecord[]) {
    const now = nowMs();
    let newestMs = 0;
    const records: RawRecord[] = [];
    for (const { value, offset, timestampMs, unreadable } of messages) {
      // Some producers stamp −1 (1970): the time of reading is nearer to the truth.
      const ingestTimeMs = timestampMs > year2000Ms ? timestampMs : now;
      if (ingestTimeMs > newestMs) newestMs = ingestTimeMs;
      records.push({
        // A record without a value is counted as an empty line.
        value: value ?? nothing,
        at: { kind: 'kafka', topic, partition, offset },
        ingestTimeMs,
        partition: where,
        format,
        unreadable,
      });
    }
    return { records, newestMs };
  }

  /** Topics come and go under a pattern: the member leaves and joins again with those of today. */
  function look(): void {
    changing = changing.then(async () => {
      if (isClosing || problem !== undefined) return;
      try {
        const topics = await topicsOf(kafka, config);
        const before = new Set(member.topics);
        const found = topics.filter((topic) => !before.has(topic));
        const gone = member.topics.filter((topic) => !topics.includes(topic));
        if (found.length + gone.length === 0 || isClosing) return;
        logger.info({ found, gone }, 'kafka: the topics that fit have changed');
        await member.leave();
        member = await join(topics);
      } catch (error) {
        const { text, passing } = kafkaProblem(error, config);
        if (passing || error instanceof TopicsError) logger.warn(text);
        else handOver.end(new Error(text, { cause: error }));
      }
    });
  }

  let leaving: Promise<void> | undefined;
  const leave = () => {
    leaving ??= changing.then(async () => {
      await Promise.all([lag.close(), member.leave()]);
    });
    return leaving;
  };
  let wasAsked = false;

  return {
    name: 'kafka',
    lag: () => lag.records,
    problem: () => problem,
    startedOver: () => startedOver,
    async *[Symbol.asyncIterator]() {
      for await (const { tenure, batch } of handOver) {
        // Its partition has moved while it waited: the new reader reads it.
        if (assignment.holds(tenure)) yield batch;
        else outstanding -= 1;
      }
    },
    /** The first call stops reading and keeps the membership for what is still to be acknowledged; the second ends it. */
    async close() {
      isClosing = true;
      clearInterval(watch);
      handOver.end();
      if (wasAsked || outstanding === 0) return leave();
      wasAsked = true;
      member.pause(assignment.all());
    },
  };
}

async function topicsOf(kafka: Kafka, config: KafkaSourceConfig): Promise<string[]> {
  const admin = kafka.admin({ retry: { retries: 0 } });
  try {
    await admin.connect();
    return await topicsAskedFor(admin, config);
  } finally {
    await admin.disconnect();
  }
}

interface Opened {
  readonly topics: readonly string[];
  /** Those in which source.kafka.from counts. */
  readonly without: ReadonlySet<string>;
}

/** Waits for the brokers, telling so, and finds the topics. */
async function connected(
  kafka: Kafka,
  { config, logger, nowMs, stop, waitingFor = () => {} }: KafkaSourceParts,
): Promise<Opened> {
  const startedMs = nowMs();
  for (let waitMs = firstWaitMs; ; waitMs = Math.min(waitMs * 2, longestWaitMs)) {
    const admin = kafka.admin({ retry: { retries: 0 } });
    try {
      await admin.connect();
      const topics = await topicsAskedFor(admin, config);
      const without = await topicsWithoutPosition(admin, config.groupId, topics);
      // One that was made while nobody read is new, and not where the group begins.
      const isNewUnderPattern = (topic: string) =>
        without.size < topics.length && !config.topics.includes(topic);
      waitingFor(undefined);
      return { topics, without: new Set([...without].filter((topic) => !isNewUnderPattern(topic))) };
    } catch (error) {
      if (error instanceof TopicsError) throw error;
      const { text, passing } = kafkaProblem(error, config);
      const patienceIsOver = config.connectPatienceMs > 0 && nowMs() - startedMs >= config.connectPatienceMs;
      if (!passing || patienceIsOver) throw new Error(text, { cause: error });
      const problem = `${text}; trying again in ${waitMs / 1000} s`;
      logger.warn(problem);
      waitingFor(problem);
      await sleep(waitMs, undefined, { signal: stop });
    } finally {
      await admin.disconnect().catch(() => undefined);
    }
  }
}
