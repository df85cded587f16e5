import { expect, test } from 'vitest';
import { describeWith } from '../support/real-program.ts';
import { kafkaProgram } from './harness/kafka-broker.ts';
import { openSource, reading, take, valuesOf } from './harness/kafka-reading.ts';
import { brokerForSuite } from './harness/suite-broker.ts';
import { numbered } from './harness/topic.ts';

const patience = { timeout: 60_000 };

describeWith(kafkaProgram.needed, 'Kafka source, where it begins and how far it is acknowledged', () => {
  const kafka = brokerForSuite();

  test('goes on from the last acknowledged position, and repeats what was not', async () => {
    await kafka.broker.createTopic('resume');
    await kafka.client.sendAtOnce('resume', numbered('a', 10));
    const first = await openSource(kafka.broker, { topics: ['resume'], groupId: 'g-resume' });
    expect(await take(first, 10)).toHaveLength(10);
    await first.close();
    await kafka.client.sendAtOnce('resume', numbered('b', 5));
    const careless = await openSource(kafka.broker, { topics: ['resume'], groupId: 'g-resume' });
    expect(valuesOf(await take(careless, 5, false))).toEqual(numbered('b', 5));
    // The first close waits for acknowledgements, the second gives up on them.
    await careless.close();
    await careless.close();
    const second = await openSource(kafka.broker, { topics: ['resume'], groupId: 'g-resume' });
    expect(valuesOf(await take(second, 5))).toEqual(numbered('b', 5));
    expect([...second.lag()]).toEqual([['resume/0', 0]]);
    await second.close();
  });

  test('makes one record of a line that a runtime cut, and acknowledges no part of it before', async () => {
    await kafka.broker.createTopic('cut');
    const cri = (tag: string, text: string) => `2026-01-05T10:00:01.5Z stdout ${tag} ${text}`;
    const config = { topics: ['cut'], groupId: 'g-cut' };
    await kafka.client.sendAtOnce('cut', [cri('F', 'one'), cri('P', 'two and ')]);
    const first = await openSource(kafka.broker, config);
    expect(valuesOf(await take(first, 1))).toEqual([cri('F', 'one')]);
    await first.close();
    // The part was read and is with nobody now: the next reader begins with it.
    await kafka.client.sendAtOnce('cut', [cri('F', 'a half'), cri('F', 'three')]);
    const second = await openSource(kafka.broker, config);
    await kafka.client.sendAtOnce('cut', [cri('P', 'four, ')]);
    await kafka.client.sendAtOnce('cut', [cri('P', 'over three ')]);
    await kafka.client.sendAtOnce('cut', [cri('F', 'batches')]);
    const records = await take(second, 3);
    const at = (offset: string) => ({ kind: 'kafka', topic: 'cut', partition: 0, offset });
    expect(records.map((record) => [valuesOf([record])[0], record.at])).toEqual([
      [cri('F', 'two and a half'), at('2')],
      [cri('F', 'three'), at('3')],
      [cri('F', 'four, over three batches'), at('6')],
    ]);
    await second.close();
  });

  test('begins at a point in time, and finds topics by pattern', async () => {
    await kafka.broker.createTopic('gw.a');
    await kafka.broker.createTopic('gw.b');
    await kafka.client.sendAtOnce('gw.a', numbered('old', 5));
    await new Promise((resolve) => setTimeout(resolve, 50));
    const from = new Date().toISOString();
    await kafka.client.sendAtOnce('gw.a', numbered('new-a', 3));
    await kafka.client.sendAtOnce('gw.b', numbered('new-b', 3));
    const source = await openSource(kafka.broker, { topics: ['gw.*'], groupId: 'g-time', from });
    expect(valuesOf(await take(source, 6)).toSorted()).toEqual([
      ...numbered('new-a', 3),
      ...numbered('new-b', 3),
    ]);
    await source.close();
  });

  test('shares partitions with a second member, and between them nothing is lost', async () => {
    await kafka.broker.createTopic('shared', 4);
    await kafka.client.sendAtOnce('shared', numbered('x', 400), { partitions: 4 });
    const config = { topics: ['shared'], groupId: 'g-shared' };
    const one = reading(await openSource(kafka.broker, config));
    await expect.poll(() => new Set(one.seen).size, patience).toBe(400);
    const two = reading(await openSource(kafka.broker, config));
    await kafka.client.sendAtOnce('shared', numbered('y', 400), { partitions: 4 });
    await expect.poll(() => new Set([...one.seen, ...two.seen]).size, patience).toBe(800);
    await Promise.all([one.stop(), two.stop()]);
  }, 120_000);
});
