import { execFileSync } from 'node:child_process';
import kafkajs from 'kafkajs';
import { expect, test } from 'vitest';
import { describeWith } from '../support/real-program.ts';
import { xerial } from '../support/xerial.ts';
import { kafkaProgram } from './harness/kafka-broker.ts';
import { openSource, take, valuesOf } from './harness/kafka-reading.ts';
import { brokerForSuite } from './harness/suite-broker.ts';
import { numbered } from './harness/topic.ts';

const { CompressionCodecs, CompressionTypes } = kafkajs;

describeWith([...kafkaProgram.needed, 'kcat'], 'Kafka source, on what producers compress', () => {
  const kafka = brokerForSuite();

  test.each(['none', 'gzip', 'snappy', 'lz4', 'zstd'])('reads records compressed with %s', async (codec) => {
    const topic = `codec-${codec}`;
    await kafka.broker.createTopic(topic);
    const sent = numbered(`{"codec":"${codec}"}`, 500);
    execFileSync('kcat', ['-P', '-b', kafka.broker.address, '-t', topic, '-z', codec], {
      input: sent.join('\n'),
    });
    const source = await openSource(kafka.broker, { topics: [topic], groupId: `g-${codec}` });
    expect(valuesOf(await take(source, sent.length))).toEqual(sent);
    await source.close();
  });

  test('reads snappy as Java frames it', async () => {
    await kafka.broker.createTopic('java');
    const sent = numbered('{"codec":"snappy"}', 5000);
    const source = await openSource(kafka.broker, { topics: ['java'], groupId: 'g-java' });
    // The broker inflates what it is sent, with Java's own library.
    CompressionCodecs[CompressionTypes.Snappy] = () => ({
      compress: ({ buffer }: { buffer: Buffer }) => xerial(buffer),
      decompress: (buffer: Buffer) => buffer,
    });
    await kafka.client.sendAtOnce('java', sent, { compression: CompressionTypes.Snappy });
    expect(valuesOf(await take(source, sent.length))).toEqual(sent);
    await source.close();
  });

  test('reads a batch of more records than a call may have arguments', async () => {
    await kafka.broker.createTopic('large');
    const sent = numbered('x', 200_000);
    const large = ['batch.num.messages=200000', 'queue.buffering.max.messages=200000', 'linger.ms=3000'];
    const options = [...large, 'batch.size=20000000'].flatMap((one) => ['-X', one]);
    execFileSync('kcat', ['-P', '-b', kafka.broker.address, '-t', 'large', '-z', 'gzip', ...options], {
      input: sent.join('\n'),
    });
    const source = await openSource(kafka.broker, { topics: ['large'], groupId: 'g-large' });
    expect(valuesOf(await take(source, sent.length))).toEqual(sent);
    await source.close();
  });

  test('puts one record in the place of a batch that inflates to far too much, and reads on', async () => {
    await kafka.broker.createTopic('bomb');
    await kafka.client.sendAtOnce('bomb', numbered('before', 2));
    await kafka.client.sendAtOnce('bomb', Array(140).fill('\0'.repeat(1 << 20)), {
      compression: CompressionTypes.GZIP,
    });
    await kafka.client.sendAtOnce('bomb', numbered('after', 2));
    const source = await openSource(kafka.broker, { topics: ['bomb'], groupId: 'g-bomb' });
    const records = await take(source, 5);
    expect(valuesOf(records)).toEqual([...numbered('before', 2), '', ...numbered('after', 2)]);
    expect(records[2]).toMatchObject({
      at: { topic: 'bomb', partition: 0, offset: '141' },
      unreadable: { reason: 'inflate-failed', detail: expect.stringMatching(/^a batch of 140 records, /) },
    });
    await source.close();
  });
});
