import { setTimeout as sleep } from 'node:timers/promises';
import type { Kafka } from 'kafkajs';
import type { KafkaSourceConfig } from '../../../schemas/config/source.ts';
import { type KafkaLogger, kafkaProblem } from './client.ts';
import { pointedAt, topicsWithoutPosition } from './starts.ts';
import { TopicsError, topicsAskedFor } from './topics.ts';

export interface OpeningParts {
  readonly config: KafkaSourceConfig;
  readonly logger: KafkaLogger;
  readonly nowMs: () => number;
  /** Ends the wait for brokers at the start. */
  readonly stop: AbortSignal;
  /** Told what the start waits for, one line; undefined when it goes on. */
  readonly waitingFor?: (problem: string | undefined) => void;
}

export interface Opened {
  readonly topics: readonly string[];
  /** Where source.kafka.from points, by `topic/partition`: where it counts, and nowhere else. */
  readonly pointed: ReadonlyMap<string, number>;
}

const firstWaitMs = 1_000;
const longestWaitMs = 30_000;
/** What a broker says while it makes or loads its groups. */
const soonPast = new Set([
  'GROUP_COORDINATOR_NOT_AVAILABLE',
  'GROUP_LOAD_IN_PROGRESS',
  'NOT_COORDINATOR_FOR_GROUP',
]);
const soonMs = 5_000;
const askAgainMs = 200;

/** Waits for the brokers, telling so, and finds the topics. */
export async function opened(
  kafka: Kafka,
  { config, logger, nowMs, stop, waitingFor = () => {} }: OpeningParts,
): Promise<Opened> {
  const startedMs = nowMs();
  let waitMs = firstWaitMs;
  for (;;) {
    const admin = kafka.admin({ retry: { retries: 0 } });
    try {
      await admin.connect();
      const topics = await topicsAskedFor(admin, config);
      const without = await topicsWithoutPosition(admin, config.groupId, topics);
      // One that was made while nobody read is new, and not where the group begins.
      const isNewUnderPattern = (topic: string) =>
        without.size < topics.length && !config.topics.includes(topic);
      const first = topics.filter((topic) => without.has(topic) && !isNewUnderPattern(topic));
      const pointed = await pointedAt(admin, config.from, first);
      waitingFor(undefined);
      return { topics, pointed };
    } catch (error) {
      if (error instanceof TopicsError) throw error;
      if (isSoonPast(error) && nowMs() - startedMs < soonMs) {
        await sleep(askAgainMs, undefined, { signal: stop });
        continue;
      }
      const { text, passing } = kafkaProblem(error, config);
      const patienceIsOver = config.connectPatienceMs > 0 && nowMs() - startedMs >= config.connectPatienceMs;
      if (!passing || patienceIsOver) throw new Error(text, { cause: error });
      const problem = `${text}; trying again in ${waitMs / 1000} s`;
      logger.warn(problem);
      waitingFor(problem);
      await sleep(waitMs, undefined, { signal: stop });
      waitMs = Math.min(waitMs * 2, longestWaitMs);
    } finally {
      await admin.disconnect().catch(() => undefined);
    }
  }
}

const isSoonPast = (error: unknown) => soonPast.has((error as { type?: string } | null)?.type ?? '');
