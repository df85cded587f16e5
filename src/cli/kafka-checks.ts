import type { KafkaSourceConfig } from '../../schemas/config/source.ts';
import type { Config } from '../config/schema.ts';
import { kafkaClient, kafkaProblem } from '../sources/kafka/client.ts';
import { opened } from '../sources/kafka/opening.ts';
import type { ConnectionCheck } from './connect.ts';

const unheard = { info() {}, warn() {}, error() {}, debug() {} };

/** The topics that are read, and those that are written to. */
export function kafkaChecks({ source, kafkaAlerts }: Config): readonly ConnectionCheck[] {
  const { kafka } = source;
  if (kafka === undefined) return [];
  const written = [
    ['source.kafka.deadLetterTopic', kafka.deadLetterTopic],
    ['kafkaAlerts.topic', kafkaAlerts.topic],
  ] as const;
  return [
    { part: 'kafka', check: () => topicsRead(kafka) },
    ...written.flatMap(([option, topic]) =>
      topic === null ? [] : [{ part: option, check: () => topicWritten(kafka, option, topic) }],
    ),
  ];
}

/** Logs in, as the source would, and finds what it would read. */
async function topicsRead(kafka: KafkaSourceConfig): Promise<string> {
  const { topics } = await opened(kafkaClient(kafka, unheard), {
    // One try: whoever asks wants to know now.
    config: { ...kafka, connectPatienceMs: 1 },
    logger: unheard,
    nowMs: Date.now,
    stop: new AbortController().signal,
  });
  return `${kafka.brokers.join(', ')} answers; ${topics.join(', ')} would be read`;
}

/** Nothing is sent, and no topic is made: the service makes none either, whatever the brokers would allow. */
async function topicWritten(kafka: KafkaSourceConfig, option: string, topic: string): Promise<string> {
  const admin = kafkaClient(kafka, unheard).admin();
  let existing: readonly string[];
  try {
    await admin.connect();
    existing = await admin.listTopics();
  } catch (error) {
    throw new Error(kafkaProblem(error, kafka).text, { cause: error });
  } finally {
    await admin.disconnect();
  }
  if (!existing.includes(topic))
    throw new Error(
      `kafka at ${kafka.brokers.join(', ')}: no topic ${topic}, or none that this login may see; create it, or correct ${option}`,
    );
  return `topic ${topic} is there`;
}
