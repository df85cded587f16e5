import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { describeWith } from '../support/real-program.ts';
import { type Broker, kafkaBroker, kafkaProgram } from './harness/kafka-broker.ts';
import { type PlantedAttacks, plantedAttacks } from './harness/planted-attacks.ts';
import { type Service, startService } from './harness/service.ts';
import { type StoredAlert, type StoredState, storedAlerts, storedHistory } from './harness/stored.ts';
import { type TopicClient, topicClient } from './harness/topic.ts';

const topic = 'gateway-access';
const key = Buffer.alloc(32, 7);
const liveMs = 8 * 60_000;
const chunks = 10;
const surelyFound = ['stolen-key-new-network', 'secret-in-url', 'fast-scrape', 'expired-accepted'];
interface Found {
  readonly alerts: readonly StoredAlert[];
  readonly history: readonly StoredState[];
}

/** The client gives a request up after half a minute. */
const hungMs = 45_000;
const patience = { timeout: 90_000, interval: 250 };

/**
 * The same topic read by services of one key: one is left alone, one decodes in its only thread, one is
 * killed again and again, one has its broker killed under it. What the first has found, the others must have found as well.
 */
describeWith(kafkaProgram.needed, 'run, interrupted while it reads attacks from Kafka', () => {
  const root = mkdtempSync(join(tmpdir(), 'bearerwatch-interrupted-'));
  let broker: Broker;
  let client: TopicClient;
  let planted: PlantedAttacks;
  const running = new Set<Service>();

  const start = async (name: string, thread = true) => {
    const folder = join(root, name);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'key'), key.toString('hex'), { mode: 0o600 });
    const service = await startService({
      folder,
      config: {
        source: {
          kafka: {
            brokers: [broker.address],
            topics: [topic],
            groupId: name,
            from: 'earliest',
            sessionTimeoutMs: 6000,
          },
        },
        decode: { hashKeyFile: join(folder, 'key'), thread },
        alerts: { perDay: 1 },
        checkpoint: { everyMs: 700 },
      },
    });
    running.add(service);
    await service.ready();
    return service;
  };
  const allRead = async (name: string) =>
    await vi.waitFor(async () => expect(await client.unacknowledged(topic, name), name).toBe(0), patience);
  const hasRead = async (service: Service, records: number) =>
    await vi.waitFor(
      async () => expect(await service.metric('bearerwatch_records_total')).toBeGreaterThanOrEqual(records),
      { timeout: 60_000, interval: 50 },
    );
  const crash = async (service: Service) => {
    service.signal('SIGKILL');
    expect(await service.ended()).toBe('SIGKILL');
    running.delete(service);
  };
  const found = async (name: string, service: Service): Promise<Found> => {
    expect(await service.stop(), service.stderr()).toBe(0);
    running.delete(service);
    const folder = join(root, name);
    return { alerts: await storedAlerts(folder), history: await storedHistory(folder) };
  };
  const told = ({ alerts }: Found) =>
    alerts
      .map(({ id, state, severity, title, score_bits: bits }) =>
        JSON.stringify({ id, state, severity, title, bits }),
      )
      .toSorted();
  /** Events that an alert shows are not saved: after a restart it may say the same twice, with more of them. */
  const states = ({ history }: Found) => [...new Set(history.map((state) => JSON.stringify(state)))];

  let reference: Found;
  let survivor: Found;

  beforeAll(async () => {
    planted = plantedAttacks(7, Date.now(), liveMs, key);
    broker = await kafkaBroker();
    await broker.start();
    await broker.createTopic(topic);
    client = await topicClient(broker);
    // The attacks come in the last part.
    const past = planted.lines.length - 4000;
    await client.send(topic, planted.lines.slice(0, past));
    const undisturbed = await start('undisturbed');
    let killed = await start('killed');
    await hasRead(killed, 20_000);
    await crash(killed);
    killed = await start('killed');
    await allRead('killed');
    const live = planted.lines.slice(past);
    const size = Math.ceil(live.length / chunks);
    for (let chunk = 0; chunk < chunks; chunk++) {
      await client.send(topic, live.slice(chunk * size, (chunk + 1) * size));
      // At any point between reading, delivery and checkpoint.
      await sleep(chunk * 120);
      if (chunk === 3 || chunk === 7) {
        await crash(killed);
        killed = await start('killed');
      }
    }
    await allRead('killed');
    survivor = await found('killed', killed);

    await allRead('undisturbed');
    reference = await found('undisturbed', undisturbed);
  }, 200_000);

  afterAll(async () => {
    for (const service of running) await service.stop();
    await client.close();
    await broker.remove();
    rmSync(root, { recursive: true, force: true });
  });

  it('left alone, finds the planted attacks and blames nobody else for them', () => {
    for (const scenario of surelyFound) {
      const targets = [...planted.attacked].filter(([, attack]) => attack === scenario).map(([id]) => id);
      expect(targets.length, scenario).toBeGreaterThan(0);
      expect(
        reference.alerts.some(({ credential_id: id }) => targets.includes(id)),
        scenario,
      ).toBe(true);
    }
    expect(new Set(reference.alerts.map(({ id }) => id)).size).toBe(reference.alerts.length);
  });

  it('decoding in one thread with everything else, has the same alerts', async () => {
    const service = await start('one-thread', false);
    await allRead('one-thread');
    const alone = await found('one-thread', service);
    expect(told(alone)).toEqual(told(reference));
    expect(states(alone)).toEqual(states(reference));
  }, 150_000);

  it('killed with SIGKILL again and again, has each alert once and every state of it, and no other', () => {
    expect(told(survivor)).toEqual(told(reference));
    expect(states(survivor)).toEqual(states(reference));
  });

  it('goes on by itself when its broker is killed and started again, and has the same alerts', async () => {
    const service = await start('broker-killed');
    await hasRead(service, 20_000);
    await broker.crash();
    await vi.waitFor(async () => {
      const { code, reasons } = await service.health();
      expect(code).toBe(503);
      expect(reasons.join('\n')).toContain(`kafka at ${broker.address}: `);
    }, patience);
    await sleep(3000);
    await broker.start();
    await allRead('broker-killed');
    expect((await service.health()).code).toBe(200);
    expect(service.stderr()).toContain('kafka: reading again');
    // It says what is wrong, not every attempt to mend it.
    const warnings = service.stderr().match(/"level":"warn"/g) ?? [];
    expect(warnings.length, service.stderr()).toBeLessThan(8);
    const after = await found('broker-killed', service);
    expect(told(after)).toEqual(told(reference));
    expect(states(after)).toEqual(states(reference));
  }, 150_000);

  it('goes on by itself after its broker hung for longer than any request and membership lasts, and has the same alerts', async () => {
    const service = await start('broker-hung');
    await hasRead(service, 20_000);
    const pid = broker.pid();
    if (pid === undefined) throw new Error('the broker is not running');
    process.kill(pid, 'SIGSTOP');
    try {
      await sleep(hungMs);
      expect((await service.health()).code).toBe(503);
    } finally {
      process.kill(pid, 'SIGCONT');
    }
    await allRead('broker-hung');
    await vi.waitFor(async () => expect((await service.health()).code).toBe(200), patience);
    const after = await found('broker-hung', service);
    expect(told(after)).toEqual(told(reference));
    expect(states(after)).toEqual(states(reference));
  }, 240_000);
});
