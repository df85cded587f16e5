import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { describeWith } from '../support/real-program.ts';
import { type ExpiredTokens, expiredTokens } from './harness/expired-tokens.ts';
import { type Broker, kafkaBroker, kafkaProgram } from './harness/kafka-broker.ts';
import { plainLines, type Service, startService } from './harness/service.ts';
import { type SmallDisk, smallDisk } from './harness/small-disk.ts';
import { storedAlerts } from './harness/stored.ts';
import { type TopicClient, topicClient } from './harness/topic.ts';

const topic = 'gateway-access';
const group = 'bearerwatch';
const patience = { timeout: 60_000, interval: 200 };
const root = mkdtempSync(join(tmpdir(), 'bearerwatch-disk-'));
const disk = smallDisk(join(root, 'disk'), 96);
if (disk === undefined) console.warn('skipped: run, on a full disk: this user may not mount a small one');

afterAll(() => {
  disk?.remove();
  rmSync(root, { recursive: true, force: true });
});

const suite = (small: SmallDisk) => () => {
  let broker: Broker;
  let client: TopicClient;
  let service: Service;
  const sent: ExpiredTokens[] = [];

  const start = ({ folder = small.folder, state = join(folder, 'state'), clickhouse = {} } = {}) =>
    startService({
      folder,
      config: {
        state: { dir: state },
        source: {
          kafka: {
            brokers: [broker.address],
            topics: [topic],
            groupId: group,
            from: 'earliest',
            sessionTimeoutMs: 6000,
          },
        },
        clickhouse: { retryFirstMs: 100, retryMaxMs: 500, ...clickhouse },
        checkpoint: { everyMs: 500 },
        shutdown: { deadlineMs: 3000 },
      },
    });
  const send = async (prefix: string, credentials: number) => {
    const made = expiredTokens(prefix, credentials, Date.now());
    sent.push(made);
    await client.send(topic, made.lines);
  };
  const allAcknowledged = () =>
    vi.waitFor(async () => expect(await client.unacknowledged(topic, group)).toBe(0), patience);
  const reasonsWhenFull = async () => {
    await vi.waitFor(async () => expect((await service.health()).code).toBe(503), patience);
    return (await service.health()).reasons;
  };

  beforeAll(async () => {
    broker = await kafkaBroker();
    await broker.start();
    await broker.createTopic(topic);
    client = await topicClient(broker);
    service = await start();
    await service.ready();
    await send('before', 1000);
    await allAcknowledged();
  });

  afterAll(async () => {
    await service.stop();
    await client.close();
    await broker.remove();
  });

  it('is unhealthy with the reason, acknowledges nothing, and goes on when there is space again', async () => {
    small.fill();
    await send('while-full', 2000);
    const said = /ClickHouse at \S+\/clickhouse: the disk is full: free some space there/;
    expect(await reasonsWhenFull()).toEqual([expect.stringMatching(said)]);
    expect(service.stderr()).toMatch(said);
    await sleep(1000);
    expect(await client.unacknowledged(topic, group)).toBe(2000);
    small.free();
    await allAcknowledged();
    await vi.waitFor(
      async () => expect(await service.health()).toMatchObject({ code: 200, reasons: [] }),
      patience,
    );
    expect(service.stderr()).toContain('ClickHouse takes everything again');
  }, 90_000);

  it('killed while it is full, starts and stops on the full disk and leaves nothing damaged', async () => {
    small.fill();
    await send('killed', 2000);
    await reasonsWhenFull();
    service.signal('SIGKILL');
    await service.ended();
    service = await start();
    await service.ready();
    await reasonsWhenFull();
    expect(await client.unacknowledged(topic, group)).toBe(2000);
    expect(await service.stop()).toBe(1);
    expect(service.stderr()).toContain('what was not saved is read again at the next start');
    expect(plainLines(service.stderr())).toEqual([]);
  }, 90_000);

  it('started again with space, has each alert once', async () => {
    small.free();
    service = await start();
    await service.ready();
    await send('after', 1000);
    await allAcknowledged();
    expect(await service.stop()).toBe(0);
    const stored = await storedAlerts(small.folder);
    expect(stored.map(({ credential_id: id }) => id).toSorted()).toEqual(
      sent.flatMap(({ attacked }) => [...attacked]).toSorted(),
    );
  }, 90_000);

  it('ends with 1 and one line when there is no room for a first start', async () => {
    small.fill();
    const first = { state: join(small.folder, 'first'), folder: join(root, 'first') };
    service = await start(first);
    expect(await service.ended()).toBe(1);
    expect(plainLines(service.stderr())).toEqual([
      expect.stringMatching(/^bearerwatch: .*\/disk\/first\S* cannot be (used|written|made).*/),
    ]);
    small.free();
  });

  it('says so when what does not fit is the checkpoint', async () => {
    const without = { folder: join(small.folder, 'checkpoint-only'), clickhouse: { enabled: false } };
    service = await start(without);
    await service.ready();
    small.fill();
    await send('checkpoint', 5000);
    const said = /checkpoint \S+ cannot be written \(.*; 0 MiB free there\); free space or mend the disk/;
    expect(await reasonsWhenFull()).toEqual([expect.stringMatching(said)]);
    expect(service.stderr()).toMatch(said);
    expect(await client.unacknowledged(topic, group)).toBe(5000);
    small.free();
    await allAcknowledged();
    await vi.waitFor(async () => expect((await service.health()).code).toBe(200), patience);
    expect(await service.stop()).toBe(0);
  }, 90_000);
};

if (disk === undefined) describe.skip('run, on a full disk', () => {});
else describeWith(kafkaProgram.needed, 'run, on a full disk', suite(disk));
