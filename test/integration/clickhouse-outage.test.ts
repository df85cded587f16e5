import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { clickhouseFront } from '../sinks/clickhouse/http-front.ts';
import { describeWith } from '../support/real-program.ts';
import { type ExpiredTokens, expiredTokens } from './harness/expired-tokens.ts';
import { type Broker, kafkaBroker, kafkaProgram } from './harness/kafka-broker.ts';
import { type Service, startService } from './harness/service.ts';
import { type TopicClient, topicClient } from './harness/topic.ts';

const topic = 'gateway-access';
const group = 'bearerwatch';
const bufferedRows = 1000;
const patience = { timeout: 60_000, interval: 200 };

/** A server that goes away and comes back, in front of a real ClickHouse. */
describeWith(kafkaProgram.needed, 'run, while its ClickHouse server is away', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bearerwatch-outage-'));
  let broker: Broker;
  let client: TopicClient;
  let database: Awaited<ReturnType<typeof clickhouseFront>>;
  let service: Service;
  const sent: ExpiredTokens[] = [];

  const start = () =>
    startService({
      folder,
      config: {
        source: {
          kafka: {
            brokers: [broker.address],
            topics: [topic],
            groupId: group,
            from: 'earliest',
            sessionTimeoutMs: 6000,
            maxBytesPerPartition: 65_536,
          },
        },
        clickhouse: {
          url: database.url,
          eventSampleRate: 1,
          maxBufferedRows: bufferedRows,
          retryFirstMs: 100,
          retryMaxMs: 500,
        },
        checkpoint: { everyMs: 500 },
      },
    });
  const send = async (prefix: string, credentials: number) => {
    const made = expiredTokens(prefix, credentials, Date.now());
    sent.push(made);
    await client.send(topic, made.lines);
  };
  const allAcknowledged = () =>
    vi.waitFor(async () => expect(await client.unacknowledged(topic, group)).toBe(0), patience);
  const unhealthy = () =>
    vi.waitFor(
      async () =>
        expect(await service.health()).toMatchObject({
          code: 503,
          reasons: [expect.stringMatching(/clickhouse.{1,60} cannot reach it \(ECONNREFUSED\)/i)],
        }),
      patience,
    );
  const read = () => service.metric('bearerwatch_records_total');

  beforeAll(async () => {
    broker = await kafkaBroker();
    await broker.start();
    await broker.createTopic(topic);
    client = await topicClient(broker);
    database = await clickhouseFront(join(folder, 'database'));
    service = await start();
    await service.ready();
  });

  afterAll(async () => {
    await service.stop();
    await client.close();
    await broker.remove();
    await database.stop();
    database.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('holds no more than it may, lets the topic wait, and says so', async () => {
    await send('before', 1000);
    await allAcknowledged();
    expect((await service.health()).code).toBe(200);
    await database.stop();
    await send('during', 10_000);
    await unhealthy();
    await sleep(2000);
    const taken = await read();
    expect(taken).toBeLessThan(1000 + 2 * bufferedRows);
    await sleep(2000);
    expect(await read()).toBe(taken);
    expect(
      await service.metric('bearerwatch_sink_queue_deliveries', { sink: 'clickhouse' }),
    ).toBeLessThanOrEqual(bufferedRows);
    expect(await service.metric('bearerwatch_sink_healthy', { sink: 'clickhouse' })).toBe(0);
    expect(await service.metric('bearerwatch_sink_retries_total', { sink: 'clickhouse' })).toBeGreaterThan(2);
    expect(await client.unacknowledged(topic, group)).toBe(10_000);
  }, 60_000);

  it('survives kill -9 in the outage, and waits for the server when it starts again', async () => {
    service.signal('SIGKILL');
    await service.ended();
    service = await start();
    await unhealthy();
    expect(await client.unacknowledged(topic, group)).toBe(10_000);
  }, 60_000);

  it('delivers every event and each alert once when the server is back', async () => {
    await database.start();
    await service.ready();
    await send('after', 1000);
    await allAcknowledged();
    await vi.waitFor(
      async () => expect(await service.health()).toMatchObject({ code: 200, reasons: [] }),
      patience,
    );
    expect(await service.stop()).toBe(0);
    const lines = sent.reduce((sum, { lines: those }) => sum + those.length, 0);
    expect(database.count('bearerwatch.usage_events FINAL')).toBe(lines);
    const attacked = sent.flatMap(({ attacked: those }) => [...those]);
    expect(attacked.length).toBe(240);
    expect(database.rows('SELECT credential_id FROM bearerwatch.alerts').toSorted()).toEqual(
      attacked.toSorted(),
    );
    expect(database.rows('SELECT DISTINCT credential_id FROM bearerwatch.alert_history').toSorted()).toEqual(
      attacked.toSorted(),
    );
  }, 90_000);
});
