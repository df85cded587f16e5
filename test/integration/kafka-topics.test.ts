import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, expect, it } from 'vitest';
import type { KafkaSourceConfig } from '../../schemas/config/source.ts';
import type { LastRead } from '../../src/sources/kafka/starts.ts';
import { describeWith } from '../support/real-program.ts';
import { kafkaProgram } from './harness/kafka-broker.ts';
import { openSource, reading, said } from './harness/kafka-reading.ts';
import { brokerForSuite } from './harness/suite-broker.ts';
import { numbered } from './harness/topic.ts';

const patience = { timeout: 60_000, interval: 100 };

describeWith(kafkaProgram.needed, 'Kafka source, when topics come and go', () => {
  const kafka = brokerForSuite();
  beforeEach(() => void said.splice(0));

  const open = async (config: Partial<KafkaSourceConfig>, restored?: ReadonlyMap<string, LastRead>) =>
    reading(
      await openSource(kafka.broker, { topicRefreshMs: 1000, ...config }, { ...(restored && { restored }) }),
    );

  it('begins at the end when told so, and keeps that place from then on', async () => {
    await kafka.broker.createTopic('latest');
    await kafka.client.send('latest', numbered('before', 5));
    const config = { topics: ['latest'], groupId: 'g-latest', from: 'latest' as const };
    const first = await open(config);
    // Its place is the group's from the start, although it has read nothing.
    await expect.poll(() => kafka.client.unacknowledged('latest', 'g-latest'), patience).toBe(0);
    await kafka.client.send('latest', numbered('first', 2));
    await expect.poll(() => first.seen, patience).toEqual(numbered('first', 2));
    await first.stop();
    await kafka.client.send('latest', numbered('while-away', 3));
    const second = await open(config);
    await expect.poll(() => second.seen, patience).toEqual(numbered('while-away', 3));
    await second.stop();
  }, 90_000);

  it('reads what a state without a position in the group has not judged, and no more', async () => {
    await kafka.broker.createTopic('forgotten');
    await kafka.client.send('forgotten', numbered('a', 6));
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
      await kafka.broker.createTopic(topic);
      await kafka.client.send(topic, numbered('old', 10));
      const config = { topics: [topic], groupId: `g-${topic}`, from: 'latest' as const };
      const first = await open({ ...config, from: 'earliest' });
      await expect.poll(() => first.seen.length, patience).toBe(10);
      await first.stop();
      await kafka.broker.deleteTopic(topic);
      await kafka.broker.createTopic(topic);
      const sent = numbered('new', length === 'shorter' ? 4 : 40);
      await expect.poll(() => kafka.client.send(topic, sent).then(() => true), patience).toBe(true);
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
    await kafka.broker.createTopic('live');
    await kafka.client.send('live', numbered('old', 10));
    const source = await open({ topics: ['live'], groupId: 'g-live' });
    await expect.poll(() => source.seen.length, patience).toBe(10);
    await kafka.broker.deleteTopic('live');
    await sleep(3000);
    await kafka.broker.createTopic('live');
    const sent = numbered('new', 4);
    await expect.poll(() => kafka.client.send('live', sent).then(() => true), patience).toBe(true);
    await expect.poll(() => source.seen.slice(10), patience).toEqual(sent);
    expect(source.startsOver).toEqual(['live/0']);
    await source.stop();
    const next = await open({ topics: ['live'], groupId: 'g-live' }, source.last);
    await kafka.client.send('live', ['later']);
    await expect.poll(() => next.seen, patience).toEqual(['later']);
    await next.stop();
  }, 180_000);

  it('finds topics that are made later, reads them from their beginning, and lets go of those that are gone', async () => {
    await kafka.broker.createTopic('gw.one');
    await kafka.client.send('gw.one', ['before']);
    const source = await open({ topics: ['gw.*'], groupId: 'g-gw', from: 'latest' as const });
    await expect.poll(() => kafka.client.unacknowledged('gw.one', 'g-gw'), patience).toBe(0);
    await kafka.broker.createTopic('gw.two');
    await kafka.client.send('gw.two', numbered('two', 3));
    await kafka.client.send('gw.one', numbered('one', 3));
    await expect
      .poll(() => source.seen.toSorted(), patience)
      .toEqual([...numbered('one', 3), ...numbered('two', 3)]);
    expect(said.join('\n')).toContain(
      '{"found":["gw.two"],"gone":[]} kafka: the topics that fit have changed',
    );
    await kafka.broker.deleteTopic('gw.one');
    await expect.poll(() => said.join('\n'), patience).toContain('{"found":[],"gone":["gw.one"]}');
    await kafka.client.send('gw.two', ['still']);
    await expect.poll(() => source.seen.includes('still'), patience).toBe(true);
    await source.stop();
  }, 150_000);

  it('says in one line that a topic is missing', async () => {
    await expect(openSource(kafka.broker, { topics: ['nowhere'] })).rejects.toThrow(
      /^kafka at 127\.0\.0\.1:\d+: no topic nowhere; create it or correct source\.kafka\.topics$/,
    );
  });
});
