import type { AlertStore } from '../../alerting/alert-store.ts';
import { createRecentAlerts, type RecentAlerts } from '../../alerting/recent-alerts.ts';
import type { Config } from '../../config/schema.ts';
import type { Logger } from '../../logger.ts';
import { createAlertmanagerSink } from '../../sinks/alertmanager.ts';
import type { ClickHouse } from '../../sinks/clickhouse/client.ts';
import { createAlertQuery } from '../../sinks/clickhouse/query.ts';
import { createClickHouseSink } from '../../sinks/clickhouse/sink.ts';
import { openDeadLetterFile } from '../../sinks/dead-letter-file.ts';
import { createDeadLetterTopic } from '../../sinks/dead-letter-kafka.ts';
import { createKafkaAlertsSink } from '../../sinks/kafka-alerts.ts';
import type { Sink } from '../../sinks/sink.ts';
import { createStdoutSink } from '../../sinks/stdout.ts';
import { createWebhookSinks } from '../../sinks/webhook.ts';
import { createKafkaProducer } from '../../sources/kafka/kafka-producer.ts';
import { type Io, usageFailure } from '../io.ts';

export interface SinkContext {
  readonly clickhouse: ClickHouse | undefined;
  readonly logger: Logger;
  readonly io: Pick<Io, 'stdout' | 'env'>;
  /** Alerts raised before are stored but not told on standard output (event time). */
  readonly tellFromMs: number;
}

/** Every configured sink, and where alerts are read back from. */
export async function sinksFrom(
  config: Config,
  { clickhouse, logger, io, tellFromMs }: SinkContext,
): Promise<{ readonly sinks: readonly Sink[]; readonly alerts: AlertStore }> {
  const sinks: Sink[] = [];
  let alerts: AlertStore;
  if (clickhouse === undefined) {
    const recent = createRecentAlerts();
    sinks.push(rememberIn(recent));
    alerts = recent;
  } else {
    sinks.push(createClickHouseSink(clickhouse, config.clickhouse, { onProblem: sayTo(logger) }));
    alerts = createAlertQuery(clickhouse);
  }
  const { file } = config.deadLetters;
  if (file !== null) sinks.push(await openDeadLetterFile({ ...config.deadLetters, file }));
  const { kafka } = config.source;
  if (kafka !== undefined && kafka.deadLetterTopic !== null) {
    sinks.push(createDeadLetterTopic(kafka.deadLetterTopic, createKafkaProducer(kafka, logger)));
  }
  const { topic } = config.kafkaAlerts;
  if (topic !== null) {
    if (kafka === undefined) throw usageFailure('kafkaAlerts.topic needs brokers: set source.kafka');
    sinks.push(createKafkaAlertsSink({ ...config.kafkaAlerts, topic }, createKafkaProducer(kafka, logger)));
  }
  if (config.stdout.enabled)
    sinks.push(since(tellFromMs, createStdoutSink(config.stdout, io.stdout, io.env)));
  if (config.alertmanager.urls.length > 0) {
    const alertmanager = createAlertmanagerSink(config.alertmanager);
    // Alertmanager takes silence for resolved, so it is reminded of what was firing before the restart.
    const firing = await alerts.listAlerts({ state: 'firing', limit: 1000 });
    alertmanager.resume(firing);
    if (firing.length > 0) logger.info({ alerts: firing.length }, 'alertmanager: reminded of open incidents');
    sinks.push(alertmanager);
  }
  sinks.push(...createWebhookSinks(config.webhook));
  return { sinks, alerts };
}

/** Once when it comes or changes, once when it has gone. */
function sayTo(logger: Logger): (problem: string | undefined) => void {
  return (problem) => {
    if (problem === undefined) logger.info('ClickHouse takes everything again');
    else logger.error(`${problem}; tried again, and meanwhile the source waits`);
  };
}

/** Without a database the API still shows the latest alerts; they are gone with the process. */
function rememberIn(recent: RecentAlerts): Sink {
  return {
    name: 'memory',
    async deliver({ alerts }) {
      recent.add(alerts);
    },
    problem: () => undefined,
    async close() {},
  };
}

function since(fromMs: number, sink: Sink): Sink {
  if (fromMs === 0) return sink;
  return {
    ...sink,
    deliver: (delivery, signal) =>
      sink.deliver(
        { ...delivery, alerts: delivery.alerts.filter(({ raisedAtMs }) => raisedAtMs >= fromMs) },
        signal,
      ),
  };
}
