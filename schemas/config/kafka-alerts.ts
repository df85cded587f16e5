import { z } from 'zod';
import { alertStates } from '../alert.ts';

/** Alerts to a Kafka topic, over the brokers of the source. */
export const kafkaAlertsConfig = z.strictObject({
  topic: z
    .string()
    .regex(/^[A-Za-z0-9._-]{1,249}$/, 'Not a topic name')
    .nullable()
    .default(null)
    .describe('Topic for alerts, keyed by credential; compact it to keep the newest; null: off.'),
  states: z
    .array(z.enum(alertStates))
    .default([...alertStates])
    .describe('States that are sent.'),
  retryFirstMs: z.number().int().min(1).default(500).describe('Wait before the first retry, ms; doubles.'),
  retryMaxMs: z.number().int().min(1).default(30_000).describe('Longest wait between retries, ms.'),
});
export type KafkaAlertsConfig = z.output<typeof kafkaAlertsConfig>;
