import { describe, expect, it } from 'vitest';
import { kafkaAlertsConfig } from '../../schemas/config/kafka-alerts.ts';
import { type AlertRecord, createKafkaAlertsSink } from '../../src/sinks/kafka-alerts.ts';
import type { Delivery } from '../../src/sinks/sink.ts';
import { alertByFamily, alertFixtures, later, resolved } from '../fixtures/alerts.ts';

const never = new AbortController().signal;
const config = {
  ...kafkaAlertsConfig.parse({ retryFirstMs: 1, retryMaxMs: 2 }),
  topic: 'bearerwatch-alerts',
};

/** A broker that fails as told and keeps what it took. */
function brokerThat(fails: (n: number) => Error | undefined = () => undefined) {
  const taken: { topic: string; record: AlertRecord }[] = [];
  let sends = 0;
  return {
    taken,
    async send(topic: string, records: readonly AlertRecord[]) {
      const failure = fails(sends++);
      if (failure !== undefined) throw failure;
      taken.push(...records.map((record) => ({ topic, record })));
    },
    isRetriable: (error: unknown) => (error as Error).message.includes('leader'),
    async close() {},
  };
}

function delivery(alerts: Delivery['alerts']): Delivery {
  return { alerts, scores: [], events: [], deadLetters: [] };
}

describe('createKafkaAlertsSink()', () => {
  it('sends every alert keyed by its credential', async () => {
    const broker = brokerThat();
    await createKafkaAlertsSink(config, broker).deliver(delivery(alertFixtures), never);
    expect(broker.taken.map(({ record }) => record.key)).toEqual(
      alertFixtures.map(({ credential }) => credential.id),
    );
    expect(broker.taken.map(({ record }) => JSON.parse(record.value))).toEqual(alertFixtures);
    expect(new Set(broker.taken.map(({ topic }) => topic))).toEqual(new Set(['bearerwatch-alerts']));
  });

  it('marks each state of an alert with a version that grows, the same for a repeat', async () => {
    const broker = brokerThat();
    const { replay } = alertByFamily;
    await createKafkaAlertsSink(config, broker).deliver(
      delivery([replay, replay, later(replay, 4), resolved(later(replay, 4))]),
      never,
    );
    const versions = broker.taken.map(({ record }) => BigInt(record.headers['alert-version'] ?? 0));
    expect(versions[0]).toBe(versions[1]);
    expect(versions[2]).toBeGreaterThan(versions[1] ?? 0n);
    expect(versions[3]).toBeGreaterThan(versions[2] ?? 0n);
  });

  it('tries again while the broker is changing its leader', async () => {
    const broker = brokerThat((n) => (n < 3 ? new Error('no leader for the partition') : undefined));
    const sink = createKafkaAlertsSink(config, broker);
    await sink.deliver(delivery([alertByFamily.replay]), never);
    expect(broker.taken.length).toBe(1);
    expect(sink.figures()).toEqual({ waiting: 0, retries: 3, failures: 3 });
    expect(sink.problem()).toBeUndefined();
  });

  it('rejects what the broker refuses, and says so', async () => {
    const sink = createKafkaAlertsSink(
      config,
      brokerThat(() => new Error('not authorized')),
    );
    await expect(sink.deliver(delivery([alertByFamily.replay]), never)).rejects.toThrow(
      'Kafka topic bearerwatch-alerts: cannot send alerts (not authorized)',
    );
    expect(sink.problem()).toContain('not authorized');
  });
});
