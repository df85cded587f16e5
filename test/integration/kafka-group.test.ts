import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import kafkajs from 'kafkajs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWith } from '../support/real-program.ts';
import { type Broker, kafkaBroker, kafkaProgram } from './harness/kafka-broker.ts';
import { type Service, startService } from './harness/service.ts';
import { type TopicClient, topicClient } from './harness/topic.ts';

const topic = 'shared';
const groupId = 'pair';
const partitions = 4;
const patience = { timeout: 60_000, interval: 100 };
const root = mkdtempSync(join(tmpdir(), 'bearerwatch-group-'));

/** No gateway's line, so that each one that was judged is a dead letter with its position. */
const lines = (prefix: string, count: number) => Array.from({ length: count }, (_, n) => `${prefix} ${n}`);

describeWith(kafkaProgram.needed, 'run, as two members of a group', () => {
  let broker: Broker;
  let client: TopicClient;
  const admin = () =>
    new kafkajs.Kafka({ brokers: [broker.address], logLevel: kafkajs.logLevel.NOTHING }).admin();
  const running = new Set<Service>();

  const start = async (name: string, everyMs: number) => {
    const folder = join(root, name);
    const service = await startService({
      folder,
      config: {
        source: {
          kafka: {
            brokers: [broker.address],
            topics: [topic],
            groupId,
            from: 'earliest',
            sessionTimeoutMs: 6000,
          },
        },
        clickhouse: { enabled: false },
        deadLetters: { file: join(folder, 'dead.jsonl') },
        checkpoint: { everyMs },
      },
    });
    running.add(service);
    await service.ready();
    return service;
  };
  const judged = (name: string): string[] => {
    const file = join(root, name, 'dead.jsonl');
    if (!existsSync(file)) return [];
    return readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line.endsWith('}'))
      .map((line) => {
        const { at } = JSON.parse(line) as { at: { partition: number; offset: string } };
        return `${at.partition}@${at.offset}`;
      });
  };
  const ends = async () => {
    const one = admin();
    await one.connect();
    const found = (await one.fetchTopicOffsets(topic)).map(
      ({ partition, high }) => [partition, Number(high)] as const,
    );
    await one.disconnect();
    return new Map(found);
  };
  /** Positions from one end of the topic to a later one. */
  const between = (from: ReadonlyMap<number, number>, to: ReadonlyMap<number, number>) =>
    [...to].flatMap(([partition, high]) => {
      const low = from.get(partition) ?? 0;
      return Array.from({ length: high - low }, (_, n) => `${partition}@${low + n}`);
    });
  /** Notes every position that the group had, until stopped. */
  const watchPositions = async () => {
    const one = admin();
    await one.connect();
    const history = new Map<number, number[]>();
    let isOver = false;
    const done = (async () => {
      while (!isOver) {
        const [group] = await one.fetchOffsets({ groupId, topics: [topic] });
        for (const { partition, offset } of group?.partitions ?? []) {
          const seen = history.get(partition) ?? [];
          history.set(partition, seen);
          if (Number(offset) !== seen.at(-1)) seen.push(Number(offset));
        }
        await sleep(50);
      }
      await one.disconnect();
    })();
    return async () => {
      isOver = true;
      await done;
      return history;
    };
  };

  beforeAll(async () => {
    broker = await kafkaBroker();
    await broker.start();
    await broker.createTopic(topic, partitions);
    client = await topicClient(broker);
  }, 60_000);
  afterAll(async () => {
    for (const service of running) service.signal('SIGKILL');
    await client.close();
    await broker.remove();
    rmSync(root, { recursive: true, force: true });
  });

  it('a member that sleeps through its expulsion moves no position of its successor, and nothing is lost or judged twice', async () => {
    // The first saves rarely: what it has judged is still to be acknowledged when it falls asleep.
    const sleeper = await start('sleeper', 4000);
    const other = await start('other', 300);
    const both = async () =>
      (await sleeper.metric('bearerwatch_records_total')) + (await other.metric('bearerwatch_records_total'));
    await client.send(topic, lines('together', 400));
    await expect.poll(both, patience).toBeGreaterThanOrEqual(400);
    await expect.poll(() => client.unacknowledged(topic, groupId), patience).toBe(0);
    expect(judged('sleeper').length).toBeGreaterThan(0);
    expect(judged('other').length).toBeGreaterThan(0);
    const watched = await watchPositions();
    const before = await ends();
    await client.send(topic, lines('unacknowledged', 400));
    await expect.poll(() => judged('sleeper').length + judged('other').length, patience).toBe(800);
    sleeper.signal('SIGSTOP');
    await sleep(1000);
    const asleep = await ends();
    await client.send(topic, lines('alone', 400));
    await expect.poll(() => client.unacknowledged(topic, groupId), patience).toBe(0);
    sleeper.signal('SIGCONT');
    await expect.poll(() => sleeper.stderr(), patience).toContain('partitions have moved');
    const awake = await ends();
    // It is a member again, with partitions of its own.
    const takenBy = judged('sleeper').length;
    await expect
      .poll(
        async () => {
          await client.send(topic, lines('again', 40));
          return judged('sleeper').length;
        },
        { timeout: 60_000, interval: 1000 },
      )
      .toBeGreaterThan(takenBy);
    await expect.poll(() => client.unacknowledged(topic, groupId), patience).toBe(0);
    const history = await watched();
    for (const [partition, positions] of history)
      expect(positions, `positions of partition ${partition}`).toEqual(positions.toSorted((a, b) => a - b));

    for (const service of [sleeper, other]) {
      expect(await service.stop(), service.stderr()).toBe(0);
      running.delete(service);
    }
    const all = between(new Map(), await ends());
    const [bySleeper, byOther] = [judged('sleeper'), judged('other')];
    expect(new Set([...bySleeper, ...byOther])).toEqual(new Set(all));
    expect(bySleeper.length).toBe(new Set(bySleeper).size);
    expect(byOther.length).toBe(new Set(byOther).size);
    // What the sleeper had not acknowledged was judged by its successor as well. When it came back and was given
    // partitions again, the same may have happened to what the other had in hand; to nothing else.
    const twice = new Set(bySleeper.filter((position) => byOther.includes(position)));
    const once = [...between(new Map(), before), ...between(asleep, awake)];
    expect(once.filter((position) => twice.has(position))).toEqual([]);
    expect(between(before, asleep).some((position) => twice.has(position))).toBe(true);
  }, 180_000);

  it('a member that is killed is followed by the other, which judges exactly what was not acknowledged', async () => {
    const victim = await start('victim', 60_000);
    const heir = await start('heir', 300);
    await client.send(topic, lines('shared', 400));
    const from = await ends();
    await expect.poll(() => judged('victim').length, patience).toBeGreaterThan(0);
    victim.signal('SIGKILL');
    await victim.ended();
    running.delete(victim);
    await client.send(topic, lines('after', 100));
    await expect.poll(() => client.unacknowledged(topic, groupId), patience).toBe(0);
    const to = await ends();
    expect(await heir.stop(), heir.stderr()).toBe(0);
    running.delete(heir);
    const byHeir = judged('heir');
    expect(byHeir.length).toBe(new Set(byHeir).size);
    expect(byHeir).toEqual(expect.arrayContaining(between(from, to)));
    // The victim had acknowledged nothing, so all of it is the heir's.
    expect(byHeir.length).toBe(500);
  }, 120_000);
});
