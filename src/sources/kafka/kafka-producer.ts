import type { KafkaSourceConfig } from '../../../schemas/config/source.ts';
import { type KafkaLogger, kafkaClient, kafkaProblem } from './client.ts';

export interface OutgoingRecord {
  readonly key: string;
  readonly value: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface KafkaProducer {
  /** Resolves when every replica in sync has the records. */
  send(topic: string, records: readonly OutgoingRecord[]): Promise<void>;
  /** Whether trying the same again can help. */
  isRetriable(error: unknown): boolean;
  close(): Promise<void>;
}

/** Idempotent producer over the source's brokers. Connects with the first record. */
export function createKafkaProducer(config: KafkaSourceConfig, logger: KafkaLogger): KafkaProducer {
  const producer = kafkaClient(config, logger).producer({
    idempotent: true,
    maxInFlightRequests: 1,
    allowAutoTopicCreation: false,
  });
  let connecting: Promise<void> | undefined;
  return {
    async send(topic, records) {
      connecting ??= producer.connect().catch((error: unknown) => {
        connecting = undefined;
        throw error;
      });
      await connecting;
      await producer.send({
        topic,
        acks: -1,
        messages: records.map(({ key, value, headers }) => ({ key, value, headers: { ...headers } })),
      });
    },
    isRetriable: (error) => kafkaProblem(error, config).passing,
    close: () => producer.disconnect(),
  };
}
