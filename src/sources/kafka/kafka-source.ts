import { setTimeout as sleep } from 'node:timers/promises';
import type { EachBatchPayload } from 'kafkajs';
import { HandOver } from '../hand-over.ts';
import type { Batch, Source } from '../source.ts';
import { acknowledgementsOf } from './acknowledgements.ts';
import { Assignment, type Tenure } from './assignment.ts';
import { kafkaClient, kafkaProblem } from './client.ts';
import { coursesOf } from './courses.ts';
import { type GroupMember, groupMember } from './group-member.ts';
import { watchLag } from './lag.ts';
import { type OpeningParts, opened, topicsNow } from './opening.ts';
import type { FetchedRecord } from './record-batches.ts';
import type { LastRead } from './starts.ts';
import { isPattern, TopicsError } from './topics.ts';

export interface KafkaSource extends Source {
  /** Records between what was read and the end, by `topic/partition`. */
  lag(): ReadonlyMap<string, number>;
  /** One line while brokers cannot be reached; undefined when all is well. */
  problem(): string | undefined;
  /** Partitions begun anew because their topic was deleted and made again. */
  startedOver(): number;
}

export interface KafkaSourceParts extends OpeningParts {
  /** Last record of each partition that the restored state holds, by `topic/partition`. */
  readonly restored?: ReadonlyMap<string, LastRead>;
}

const batchesInHand = 8;
const heartbeatMs = 3_000;
const beginAgainMs = 1_000;

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
  const { config, logger, nowMs, restored } = parts;
  const kafka = kafkaClient(config, logger);
  const { topics: topicsAtStart, without } = await opened(kafka, parts);
  const handOver = new HandOver<Given>(batchesInHand);
  const assignment = new Assignment();
  const courses = coursesOf({ kafka, config, logger, nowMs, assignment, without, restored });
  const lag = watchLag(kafka, assignment);
  let outstanding = 0;
  let problem: string | undefined;
  let isClosing = false;

  const acknowledgements = acknowledgementsOf(assignment, logger, (offsets) => member.commit(offsets));
  let member: GroupMember = await join(topicsAtStart);
  let changing: Promise<void> = Promise.resolve();
  const watch = config.topics.some(isPattern) ? setInterval(look, config.topicRefreshMs) : undefined;
  logger.info({ topics: topicsAtStart, group: config.groupId }, 'kafka: reading');

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
        await courses.begin(from, beginning);
        if (!isClosing) from.resume(beginning.filter((tenure) => assignment.holds(tenure)));
        return;
      } catch (error) {
        if (isFirst) logger.warn(`${kafkaProblem(error, config).text}; trying again`);
        await sleep(beginAgainMs);
      }
    }
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
    const end = Number(batch.highWatermark);
    const stretch = courses.read(tenure, messages, Number(batch.lastOffset()) + 1);
    const { records, next, whole, startsOver } = stretch;
    lag.note(tenure.where, end - Number(messages[0]?.offset));
    outstanding += 1;
    const given = handOver.give({
      tenure,
      batch: {
        records,
        startsOver: startsOver ? [tenure.where] : [],
        async commit() {
          await acknowledgements.upTo(tenure, whole);
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
    courses.passed(tenure, stretch);
    lag.note(tenure.where, end - next);
    resolveOffset(String(next - 1));
    await heartbeat();
  }

  /** Topics come and go under a pattern: the member leaves and joins again with those of today. */
  function look(): void {
    changing = changing.then(async () => {
      if (isClosing || problem !== undefined) return;
      try {
        const topics = await topicsNow(kafka, config);
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
    startedOver: courses.startedOver,
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
