import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { type KafkaSourceConfig, kafkaSource as schema } from '../../schemas/config/source.ts';
import { createKafkaSource, type KafkaSource } from '../../src/sources/kafka/kafka-source.ts';
import type { LastRead } from '../../src/sources/kafka/starts.ts';
import { describeWith } from '../support/real-program.ts';
import { type Broker, kafkaBroker, kafkaProgram } from './harness/kafka-broker.ts';
import { type TopicClient, topicClient } from './harness/topic.ts';

const said: string[] = [];
const say = (...all: unknown[]) =>
  void said.push(all.map((one) => (typeof one === 'string' ? one : JSON.stringify(one))).join(' '));
const logger = { info: say, warn: say, error: say, debug() {} };
const patience = { timeout: 60_000, interval: 100 };
const lines = (prefix: string, count: number) => Array.from({ length: count }, (_, n) => `${prefix}-${n}`);

/** A source that is read and acknowledged all the time. */
function reading(source: KafkaSource) {
  const seen: string[] = [];
  const startsOver: string[] = [];
  const last = new Map<string, LastRead>();
  const done = (async () => {
    for await (const batch of source) {
      startsOver.push(...(batch.startsOver ?? []));
      for (const { value, at, partition, ingestTimeMs } of batch.records) {
        seen.push(Buffer.from(value).toString());
        if (at.kind === 'kafka') last.set(partition, { offset: Number(at.offset), newestMs: ingestTimeMs });
      }
      await batch.commit();
    }
  })();
  return {
    seen,
    startsOver,
    /** What a checkpoint would have saved. */
    last,
    async stop() {
      await source.close();
      await done;
      // Out of the group before anybody comes after it.
      await source.close();
    },
  };
}

describeWith(kafkaProgram.needed, 'Kafka source, when topics come and go', () => {
  let broker: Broker;
  let client: TopicClient;
  beforeAll(async () => {
    broker = await kafkaBroker();
    await broker.start();
    client = await topicClient(broker);
  }, 60_000);
  afterAll(async () => {
    await client.close();
    await broker.remove();
  });
  beforeEach(() => void said.splice(0));

  const open = async (config: Partial<KafkaSourceConfig>, restored?: ReadonlyMap<string, LastRead>) =>
    reading(
      await createKafkaSource({
        config: schema.parse({
          brokers: [broker.address],
          sessionTimeoutMs: 6000,
          topicRefreshMs: 1000,
          from: 'earliest',
          ...config,
        }),
        logger,
        nowMs: Date.now,
        stop: new AbortController().signal,
        ...(restored && { restored }),
      }),
    );

  it('begins at the end when told so, and keeps that place from then on', async () => {
    await broker.createTopic('latest');
    await client.send('latest', lines('before', 5));
    const config = { topics: ['latest'], groupId: 'g-latest', from: 'latest' as const };
    const first = await open(config);
    // Its place is the group's from the start, although it has read nothing.
    await expect.poll(() => client.unacknowledged('latest', 'g-latest'), patience).toBe(0);
    await client.send('latest', lines('first', 2));
    await expect.poll(() => first.seen, patience).toEqual(lines('first', 2));
    await first.stop();
    await client.send('latest', lines('while-away', 3));
    const second = await open(config);
    await expect.poll(() => second.seen, patience).toEqual(lines('while-away', 3));
    await second.stop();
  }, 90_000);

  it('reads what a state without a position in the group has not judged, and no more', async () => {
    await broker.createTopic('forgotten');
    await client.send('forgotten', lines('a', 6));
    const restored = new Map([['forgotten/0', { offset: 3, newestMs: Date.now() }]]);
    const source = await open(
      { topics: ['forgotten'], groupId: 'g-forgotten', from: 'latest' as const },
      restored,
    );
    await expect.poll(() => source.seen, patience).toEqual(['a-4', 'a-5']);
    expect(source.startsOver).toEqual([]);
    await source.stop();
  }, 90_000);

  it.each(['shorter', 'longer'])(
    'reads a topic from its beginning that was made anew while nobody read, and is %s now',
    async (length) => {
      const topic = `anew-${length}`;
      await broker.createTopic(topic);
      await client.send(topic, lines('old', 10));
      const config = { topics: [topic], groupId: `g-${topic}`, from: 'latest' as const };
      const first = await open({ ...config, from: 'earliest' });
      await expect.poll(() => first.seen.length, patience).toBe(10);
      await first.stop();
      await broker.deleteTopic(topic);
      await broker.createTopic(topic);
      const sent = lines('new', length === 'shorter' ? 4 : 40);
      await expect.poll(() => client.send(topic, sent).then(() => true), patience).toBe(true);
      const second = await open(config, first.last);
      await expect.poll(() => second.seen, patience).toEqual(sent);
      expect(second.startsOver).toEqual([`${topic}/0`]);
      expect(said.filter((line) => line.includes('was deleted and made anew'))).toEqual([
        expect.stringContaining(`{"partition":"${topic}/0"} kafka: the topic was deleted and made anew`),
      ]);
      await second.stop();
    },
    90_000,
  );

  it('waits for a topic that is deleted while it reads, and reads the new one from its beginning', async () => {
    await broker.createTopic('live');
    await client.send('live', lines('old', 10));
    const source = await open({ topics: ['live'], groupId: 'g-live' });
    await expect.poll(() => source.seen.length, patience).toBe(10);
    await broker.deleteTopic('live');
    await sleep(3000);
    await broker.createTopic('live');
    const sent = lines('new', 4);
    await expect.poll(() => client.send('live', sent).then(() => true), patience).toBe(true);
    await expect.poll(() => source.seen.slice(10), patience).toEqual(sent);
    expect(source.startsOver).toEqual(['live/0']);
    await source.stop();
    const next = await open({ topics: ['live'], groupId: 'g-live' }, source.last);
    await client.send('live', ['later']);
    await expect.poll(() => next.seen, patience).toEqual(['later']);
    await next.stop();
  }, 180_000);

  it('finds topics that are made later, reads them from their beginning, and lets go of those that are gone', async () => {
    await broker.createTopic('gw.one');
    await client.send('gw.one', ['before']);
    const source = await open({ topics: ['gw.*'], groupId: 'g-gw', from: 'latest' as const });
    await expect.poll(() => client.unacknowledged('gw.one', 'g-gw'), patience).toBe(0);
    await broker.createTopic('gw.two');
    await client.send('gw.two', lines('two', 3));
    await client.send('gw.one', lines('one', 3));
    await expect
      .poll(() => source.seen.toSorted(), patience)
      .toEqual([...lines('one', 3), ...lines('two', 3)]);
    expect(said.join('\n')).toContain(
      '{"found":["gw.two"],"gone":[]} kafka: the topics that fit have changed',
    );
    await broker.deleteTopic('gw.one');
    await expect.poll(() => said.join('\n'), patience).toContain('{"found":[],"gone":["gw.one"]}');
    await client.send('gw.two', ['still']);
    await expect.poll(() => source.seen.includes('still'), patience).toBe(true);
    await source.stop();
  }, 150_000);
});
