import { setTimeout as sleep } from 'node:timers/promises';
import type { Consumer, EachBatchPayload, Kafka } from 'kafkajs';
import type { KafkaSourceConfig } from '../../../schemas/config/source.ts';
import { HandOver } from '../hand-over.ts';
import type { Batch, RawRecord, Source } from '../source.ts';
import { type KafkaLogger, kafkaClient, kafkaProblem } from './client.ts';
import type { FetchedRecord } from './record-batches.ts';
import { beginAt, topicsAskedFor } from './start-positions.ts';

export interface KafkaSource extends Source {
  /** Records between what was read and the end, by `topic/partition`. */
  lag(): ReadonlyMap<string, number>;
  /** One line while brokers cannot be reached; undefined when all is well. */
  problem(): string | undefined;
}

export interface KafkaSourceParts {
  readonly config: KafkaSourceConfig;
  readonly logger: KafkaLogger;
  readonly nowMs: () => number;
  /** Ends the wait for brokers at the start. */
  readonly stop: AbortSignal;
  /** Told what the start waits for, one line; undefined when it goes on. */
  readonly waitingFor?: (problem: string | undefined) => void;
}

const batchesInHand = 8;
const partitionsAtOnce = 4;
const heartbeatMs = 3_000;
const nothing = new Uint8Array(0);
const year2000Ms = 946_684_800_000;
const firstWaitMs = 1_000;
const longestWaitMs = 30_000;

/**
 * Topics read as a member of a consumer group.
 *
 * Delivery guarantee: at least once. Positions are committed only for batches that were acknowledged;
 * when partitions move to another member, it reads again what was not. A codec, login or topic that
 * is wrong ends the source with one line; brokers that are away are waited for.
 */
export async function createKafkaSource(parts: KafkaSourceParts): Promise<KafkaSource> {
  const { config, logger } = parts;
  const kafka = kafkaClient(config, logger);
  const topics = await connected(kafka, parts);
  const handOver = new HandOver<Batch>(batchesInHand);
  const lag = new Map<string, number>();
  let problem: string | undefined;
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
        const found = kafkaProblem(error, config);
        if (found.passing && problem !== found.text) logger.warn(`${found.text}; trying again`);
        problem = found.text;
        return found.passing;
      },
    },
  });
  consumer.on(consumer.events.CRASH, ({ payload: { error, restart } }) => {
    if (!restart) handOver.end(new Error(kafkaProblem(error, config).text, { cause: error }));
  });
  consumer.on(consumer.events.FETCH, () => {
    if (problem !== undefined) logger.info('kafka: reading again');
    problem = undefined;
  });
  const assigned = new Set<string>();
  consumer.on(consumer.events.GROUP_JOIN, ({ payload: { memberAssignment } }) => {
    assigned.clear();
    taking.joined += 1;
    for (const [topic, partitions] of Object.entries(memberAssignment)) {
      for (const partition of partitions) assigned.add(`${topic}/${partition}`);
    }
    for (const where of lag.keys()) if (!assigned.has(where)) lag.delete(where);
  });
  const taking: Taking = {
    ...parts,
    handOver,
    consumer,
    lag,
    assigned,
    outstanding: 0,
    joined: 0,
    positions: new Map(),
  };
  await consumer.connect();
  await consumer.subscribe({ topics, fromBeginning: config.from !== 'latest' });
  await consumer.run({
    autoCommit: false,
    eachBatchAutoResolve: false,
    partitionsConsumedConcurrently: partitionsAtOnce,
    eachBatch: (payload) => take(payload, taking),
  });
  logger.info({ topics, group: config.groupId }, 'kafka: reading');

  const watch = watchLag(kafka, topics, taking);
  let closed = false;
  let disconnecting: Promise<void> | undefined;
  const disconnect = () => {
    disconnecting ??= Promise.all([watch.close(), consumer.disconnect()]).then(() => undefined);
    return disconnecting;
  };
  return {
    name: 'kafka',
    lag: () => lag,
    problem: () => problem,
    [Symbol.asyncIterator]: () => handOver[Symbol.asyncIterator](),
    /** The first call stops reading and keeps the membership for what is still to be acknowledged; the second ends it. */
    async close() {
      handOver.end();
      if (closed || taking.outstanding === 0) return disconnect();
      closed = true;
      consumer.pause(topics.map((topic) => ({ topic })));
    },
  };
}

interface GivenBatch {
  readonly topic: string;
  readonly partition: number;
  /** Offset of its last record. */
  readonly last: string;
  /** The membership under which it was read. */
  readonly joined: number;
}

interface Taking extends KafkaSourceParts {
  readonly handOver: HandOver<Batch>;
  readonly consumer: Consumer;
  readonly lag: Map<string, number>;
  readonly assigned: ReadonlySet<string>;
  /** Batches handed over and not acknowledged. */
  outstanding: number;
  /** How often this member has joined the group. */
  joined: number;
  /** Next offset to read, by `topic/partition`. */
  readonly positions: Map<string, number>;
}

const lagEveryMs = 10_000;

/** How far the end of each partition lies ahead, also while the pipeline takes nothing. */
function watchLag(
  kafka: Kafka,
  topics: readonly string[],
  { lag, positions, assigned }: Taking,
): { close(): Promise<void> } {
  const admin = kafka.admin({ retry: { retries: 0 } });
  const connected = admin.connect();
  const look = async () => {
    await connected;
    for (const topic of topics) {
      for (const { partition, high } of await admin.fetchTopicOffsets(topic)) {
        const where = `${topic}/${partition}`;
        const next = positions.get(where);
        if (assigned.has(where) && next !== undefined) lag.set(where, Math.max(0, Number(high) - next));
      }
    }
  };
  // Brokers that are away are the reader's to report; the figure stays as it was.
  const timer = setInterval(() => void look().catch(() => undefined), lagEveryMs);
  return {
    async close() {
      clearInterval(timer);
      await connected.then(() => admin.disconnect()).catch(() => undefined);
    },
  };
}

/** Hands one fetched batch over, keeping the membership alive while the pipeline is busy. */
async function take(
  { batch, heartbeat, resolveOffset, isRunning, isStale }: EachBatchPayload,
  taking: Taking,
): Promise<void> {
  const { config, nowMs, handOver, lag } = taking;
  if (batch.messages.length === 0 || !isRunning() || isStale()) return;
  const { topic, partition } = batch;
  const where = `${topic}/${partition}`;
  const now = nowMs();
  const format = config.format === 'auto' ? undefined : config.format;
  const records: RawRecord[] = [];
  for (const { value, offset, timestampMs, unreadable } of batch.messages as unknown as FetchedRecord[]) {
    if (value === null && unreadable === undefined) continue;
    records.push({
      value: value ?? nothing,
      at: { kind: 'kafka', topic, partition, offset },
      // Some producers stamp −1 (1970): the time of reading is nearer to the truth.
      ingestTimeMs: timestampMs > year2000Ms ? timestampMs : now,
      partition: where,
      format,
      unreadable,
    });
  }
  const last = batch.lastOffset();
  lag.set(where, Math.max(0, Number(batch.highWatermark) - Number(batch.firstOffset() ?? 0)));
  const batchGiven: GivenBatch = { topic, partition, last, joined: taking.joined };
  taking.outstanding += 1;
  const given = handOver.give({ records, commit: () => commit(taking, batchGiven) });
  const beat = setInterval(() => void heartbeat().catch(() => undefined), heartbeatMs);
  try {
    if (!(await given)) {
      taking.outstanding -= 1;
      return;
    }
  } finally {
    clearInterval(beat);
  }
  taking.positions.set(where, Number(last) + 1);
  lag.set(where, Math.max(0, Number(batch.highWatermark) - Number(last) - 1));
  resolveOffset(last);
  await heartbeat();
}

/** Errors that say the partition has gone to another member, which reads the batch again. */
const movedAway = new Set([
  'ILLEGAL_GENERATION',
  'UNKNOWN_MEMBER_ID',
  'REBALANCE_IN_PROGRESS',
  'FENCED_INSTANCE_ID',
]);

/** Acknowledges a batch, unless its partition has moved on since: a late position would rewind its new reader's. */
async function commit(taking: Taking, given: GivenBatch): Promise<void> {
  const { consumer, logger, assigned } = taking;
  const { topic, partition, last, joined } = given;
  taking.outstanding -= 1;
  const moved = () =>
    logger.info(
      { topic, partition },
      'kafka: the partition has moved; its new reader has a position of its own',
    );
  if (taking.joined !== joined && !assigned.has(`${topic}/${partition}`)) return moved();
  try {
    await consumer.commitOffsets([{ topic, partition, offset: (BigInt(last) + 1n).toString() }]);
  } catch (error) {
    if (!movedAway.has((error as { type?: string }).type ?? '')) throw error;
    moved();
  }
}

/** Waits for the brokers, telling so, and finds the topics. */
async function connected(
  kafka: Kafka,
  { config, logger, nowMs, stop, waitingFor = () => {} }: KafkaSourceParts,
): Promise<string[]> {
  const startedMs = nowMs();
  for (let waitMs = firstWaitMs; ; waitMs = Math.min(waitMs * 2, longestWaitMs)) {
    const admin = kafka.admin({ retry: { retries: 0 } });
    try {
      await admin.connect();
      const topics = await topicsAskedFor(admin, config);
      if (config.from !== 'earliest' && config.from !== 'latest') {
        await beginAt(admin, config.groupId, topics, Date.parse(config.from));
      }
      waitingFor(undefined);
      return topics;
    } catch (error) {
      const { text, passing } = kafkaProblem(error, config);
      const isOurs = error instanceof Error && error.message.startsWith('kafka at ');
      if (isOurs) throw error;
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
