import type { KafkaAlertsConfig } from '../../schemas/config/kafka-alerts.ts';
import { alertVersion } from './clickhouse/rows.ts';
import { backoffMs, waitMs } from './retry.ts';
import type { Sink } from './sink.ts';
import type { SinkFigures } from './sink-figures.ts';

export interface AlertRecord {
  readonly key: string;
  readonly value: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** The part of a Kafka producer this sink needs; idempotent, with acknowledgement by all replicas. */
export interface AlertProducer {
  /** Resolves when every replica in sync has the records. */
  send(topic: string, records: readonly AlertRecord[]): Promise<void>;
  /** Whether trying the same again can help. */
  isRetriable(error: unknown): boolean;
  close(): Promise<void>;
}

/**
 * Sends each state of an alert to a topic. The key is the credential, so one partition holds its
 * story in order. Delivery guarantee: at least once; the headers `alert-id` and `alert-version`
 * tell a repeat.
 */
export function createKafkaAlertsSink(
  config: KafkaAlertsConfig & { readonly topic: string },
  producer: AlertProducer,
): Sink & { figures(): SinkFigures } {
  const backoff = { firstMs: config.retryFirstMs, maxMs: config.retryMaxMs };
  let problem: string | undefined;
  let retries = 0;
  let failures = 0;

  return {
    name: 'kafka',
    async deliver({ alerts }, signal) {
      const records = alerts
        .filter(({ state }) => config.states.includes(state))
        .map((alert) => ({
          key: alert.credential.id,
          value: JSON.stringify(alert),
          headers: {
            'alert-id': alert.id,
            'alert-version': String(alertVersion(alert)),
            'schema-version': alert.version,
          },
        }));
      if (records.length === 0) return;
      for (let attempt = 0; ; attempt++) {
        signal.throwIfAborted();
        try {
          await producer.send(config.topic, records);
          problem = undefined;
          return;
        } catch (error) {
          signal.throwIfAborted();
          failures++;
          const reason = (error instanceof Error ? error.message : String(error)).split('\n', 1)[0];
          problem = `Kafka topic ${config.topic}: cannot send alerts (${reason})`;
          if (!producer.isRetriable(error)) throw new Error(problem, { cause: error });
          retries++;
          await waitMs(backoffMs(backoff, attempt), signal);
        }
      }
    },
    problem: () => problem,
    figures: () => ({ waiting: 0, retries, failures }),
    close: () => producer.close(),
  };
}
