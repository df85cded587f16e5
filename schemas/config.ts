import { z } from 'zod';
import { alertmanagerConfig } from './config/alertmanager.ts';
import { clickhouseConfig } from './config/clickhouse.ts';
import { deadLettersConfig } from './config/dead-letters.ts';
import { decodeConfig } from './config/decode.ts';
import { alertsConfig, engineConfig, listsConfig } from './config/engine.ts';
import { kafkaAlertsConfig } from './config/kafka-alerts.ts';
import { logConfig } from './config/log.ts';
import { serverConfig } from './config/server.ts';
import { sourceConfig } from './config/source.ts';
import { checkpointConfig, shutdownConfig, stateConfig } from './config/state.ts';
import { stdoutConfig } from './config/stdout.ts';
import { webhookConfig } from './config/webhook.ts';

/**
 * The whole configuration. Sections are composed here and nowhere else; the example file, the
 * reference page, the environment names and the checks are all derived from this one schema.
 *
 * Convention for secrets: an option `x` with a neighbour `xFile` is a secret. It may be given as a
 * value, as a file that holds it, or by environment, and is never printed.
 */
export const configSchema = z.strictObject({
  source: sourceConfig.prefault({}).describe('Where log records come from.'),
  decode: decodeConfig.prefault({}).describe('How records become usage events.'),
  alerts: alertsConfig.prefault({}).describe('How many alerts, and when they end.'),
  engine: engineConfig.prefault({}).describe('Event time and memory.'),
  lists: listsConfig.prefault({}).describe('What is known about credentials from elsewhere.'),
  clickhouse: clickhouseConfig.prefault({}).describe('Where alerts, scores and dead letters are stored.'),
  stdout: stdoutConfig.prefault({}).describe('Alerts on standard output.'),
  alertmanager: alertmanagerConfig.prefault({}).describe('Alerts to Prometheus Alertmanager.'),
  webhook: webhookConfig.prefault({}).describe('Alerts to endpoints of your own.'),
  kafkaAlerts: kafkaAlertsConfig.prefault({}).describe('Alerts to a Kafka topic.'),
  deadLetters: deadLettersConfig.prefault({}).describe('Records that could not be decoded.'),
  server: serverConfig.prefault({}).describe('Metrics, health, API and pages.'),
  state: stateConfig.prefault({}).describe('Where what was learnt is kept.'),
  checkpoint: checkpointConfig.prefault({}).describe('When state and source positions are saved together.'),
  shutdown: shutdownConfig.prefault({}).describe('How a stop is carried out.'),
  log: logConfig.prefault({}).describe("The service's own log, on standard error."),
});
