import { execFileSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import kafkajs from 'kafkajs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type KafkaSourceConfig, kafkaSource as schema } from '../../schemas/config/source.ts';
import { createKafkaSource, type KafkaSource } from '../../src/sources/kafka/kafka-source.ts';
import type { Batch, RawRecord } from '../../src/sources/source.ts';
import { describeWith } from '../support/real-program.ts';
import { xerial } from '../support/xerial.ts';
import { type Broker, kafkaBroker, kafkaProgram } from './harness/kafka-broker.ts';

const { CompressionCodecs, CompressionTypes } = kafkajs;
const said: string[] = [];
const say = (...all: unknown[]) =>
  void said.push(all.map((one) => (typeof one === 'string' ? one : JSON.stringify(one))).join(' '));
const logger = { info: say, warn: say, error: say, debug: say };
const stop = new AbortController().signal;

const configOf = (broker: Broker, more: Partial<KafkaSourceConfig>): KafkaSourceConfig =>
  schema.parse({
    brokers: [broker.address],
    topics: ['t'],
    from: 'earliest',
    sessionTimeoutMs: 6000,
    ...more,
  });
const open = (config: KafkaSourceConfig) => createKafkaSource({ config, logger, nowMs: Date.now, stop });

/** Reads `count` records, acknowledging each batch unless told not to. */
async function take(source: KafkaSource, count: number, acknowledge = true): Promise<string[]> {
  const values: string[] = [];
  for await (const batch of source) {
    for (const value of valuesOf(batch)) values.push(value);
    if (acknowledge) await batch.commit();
    if (values.length >= count) break;
  }
  return values;
}

const valuesOf = ({ records }: Batch) => records.map(({ value }) => Buffer.from(value).toString());
const lines = (prefix: string, count: number) => Array.from({ length: count }, (_, n) => `${prefix}-${n}`);

async function produce(
  broker: Broker,
  topic: string,
  values: readonly string[],
  partitions = 1,
  compression = CompressionTypes.None,
): Promise<void> {
  const kafka = new kafkajs.Kafka({ brokers: [broker.address], logLevel: kafkajs.logLevel.NOTHING });
  const producer = kafka.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner });
  await producer.connect();
  await producer.send({
    topic,
    compression,
    messages: values.map((value, n) => ({ value, partition: n % partitions })),
  });
  await producer.disconnect();
}

describeWith([...kafkaProgram.needed, 'kcat'], 'Kafka source at a real broker', () => {
  let broker: Broker;
  beforeAll(async () => {
    broker = await kafkaBroker();
    await broker.start();
  });
  afterAll(() => broker.remove());

  test.each(['none', 'gzip', 'snappy', 'lz4', 'zstd'])('reads records compressed with %s', async (codec) => {
    const topic = `codec-${codec}`;
    await broker.createTopic(topic);
    const sent = lines(`{"codec":"${codec}"}`, 500);
    execFileSync('kcat', ['-P', '-b', broker.address, '-t', topic, '-z', codec], { input: sent.join('\n') });
    const source = await open(configOf(broker, { topics: [topic], groupId: `g-${codec}` }));
    expect(await take(source, sent.length)).toEqual(sent);
    await source.close();
  });

  test('reads snappy as Java frames it', async () => {
    await broker.createTopic('java');
    const sent = lines('{"codec":"snappy"}', 5000);
    const source = await open(configOf(broker, { topics: ['java'], groupId: 'g-java' }));
    // The broker inflates what it is sent, with Java's own library.
    CompressionCodecs[CompressionTypes.Snappy] = () => ({
      compress: ({ buffer }: { buffer: Buffer }) => xerial(buffer),
      decompress: (buffer: Buffer) => buffer,
    });
    await produce(broker, 'java', sent, 1, CompressionTypes.Snappy);
    expect(await take(source, sent.length)).toEqual(sent);
    await source.close();
  });

  test('reads a batch of more records than a call may have arguments', async () => {
    await broker.createTopic('large');
    const sent = lines('x', 200_000);
    const large = ['batch.num.messages=200000', 'queue.buffering.max.messages=200000', 'linger.ms=3000'];
    const options = [...large, 'batch.size=20000000'].flatMap((one) => ['-X', one]);
    execFileSync('kcat', ['-P', '-b', broker.address, '-t', 'large', '-z', 'gzip', ...options], {
      input: sent.join('\n'),
    });
    const source = await open(configOf(broker, { topics: ['large'], groupId: 'g-large' }));
    expect(await take(source, sent.length)).toEqual(sent);
    await source.close();
  });

  test('puts one record in the place of a batch that inflates to far too much, and reads on', async () => {
    await broker.createTopic('bomb');
    await produce(broker, 'bomb', lines('before', 2));
    await produce(broker, 'bomb', Array(140).fill('\0'.repeat(1 << 20)), 1, CompressionTypes.GZIP);
    await produce(broker, 'bomb', lines('after', 2));
    const source = await open(configOf(broker, { topics: ['bomb'], groupId: 'g-bomb' }));
    const records: RawRecord[] = [];
    for await (const batch of source) {
      records.push(...batch.records);
      await batch.commit();
      if (records.length >= 5) break;
    }
    expect(records.map(({ value }) => Buffer.from(value).toString())).toEqual([
      ...lines('before', 2),
      '',
      ...lines('after', 2),
    ]);
    expect(records[2]).toMatchObject({
      at: { topic: 'bomb', partition: 0, offset: '141' },
      unreadable: { reason: 'inflate-failed', detail: expect.stringMatching(/^a batch of 140 records, /) },
    });
    await source.close();
  });

  test('goes on from the last acknowledged position, and repeats what was not', async () => {
    await broker.createTopic('resume');
    await produce(broker, 'resume', lines('a', 10));
    const first = await open(configOf(broker, { topics: ['resume'], groupId: 'g-resume' }));
    expect(await take(first, 10)).toHaveLength(10);
    await first.close();
    await produce(broker, 'resume', lines('b', 5));
    const careless = await open(configOf(broker, { topics: ['resume'], groupId: 'g-resume' }));
    expect(await take(careless, 5, false)).toEqual(lines('b', 5));
    // The first close waits for acknowledgements, the second gives up on them.
    await careless.close();
    await careless.close();
    const second = await open(configOf(broker, { topics: ['resume'], groupId: 'g-resume' }));
    expect(await take(second, 5)).toEqual(lines('b', 5));
    expect([...second.lag()]).toEqual([['resume/0', 0]]);
    await second.close();
  });

  test('makes one record of a line that a runtime cut, and acknowledges no part of it before', async () => {
    await broker.createTopic('cut');
    const cri = (tag: string, text: string) => `2026-01-05T10:00:01.5Z stdout ${tag} ${text}`;
    const config = configOf(broker, { topics: ['cut'], groupId: 'g-cut' });
    await produce(broker, 'cut', [cri('F', 'one'), cri('P', 'two and ')]);
    const first = await open(config);
    expect(await take(first, 1)).toEqual([cri('F', 'one')]);
    await first.close();
    // The part was read and is with nobody now: the next reader begins with it.
    await produce(broker, 'cut', [cri('F', 'a half'), cri('F', 'three')]);
    const second = await open(config);
    await produce(broker, 'cut', [cri('P', 'four, ')]);
    await produce(broker, 'cut', [cri('P', 'over three ')]);
    await produce(broker, 'cut', [cri('F', 'batches')]);
    const records: RawRecord[] = [];
    for await (const batch of second) {
      records.push(...batch.records);
      await batch.commit();
      if (records.length >= 3) break;
    }
    const at = (offset: string) => ({ kind: 'kafka', topic: 'cut', partition: 0, offset });
    expect(records.map((record) => [Buffer.from(record.value).toString(), record.at])).toEqual([
      [cri('F', 'two and a half'), at('2')],
      [cri('F', 'three'), at('3')],
      [cri('F', 'four, over three batches'), at('6')],
    ]);
    await second.close();
  });

  test('begins at a point in time, and finds topics by pattern', async () => {
    await broker.createTopic('gw.a');
    await broker.createTopic('gw.b');
    await produce(broker, 'gw.a', lines('old', 5));
    await new Promise((resolve) => setTimeout(resolve, 50));
    const from = new Date().toISOString();
    await produce(broker, 'gw.a', lines('new-a', 3));
    await produce(broker, 'gw.b', lines('new-b', 3));
    const source = await open(configOf(broker, { topics: ['gw.*'], groupId: 'g-time', from }));
    expect((await take(source, 6)).sort()).toEqual([...lines('new-a', 3), ...lines('new-b', 3)]);
    await source.close();
  });

  test('shares partitions with a second member, and between them nothing is lost', async () => {
    await broker.createTopic('shared', 4);
    await produce(broker, 'shared', lines('x', 400), 4);
    const config = configOf(broker, { topics: ['shared'], groupId: 'g-shared' });
    const seen = new Set<string>();
    const reader = async (source: KafkaSource) => {
      for await (const batch of source) {
        await batch.commit();
        for (const value of valuesOf(batch)) seen.add(value);
      }
    };
    const one = await open(config);
    const readingOne = reader(one);
    await expect.poll(() => seen.size, { timeout: 30_000 }).toBe(400);
    const two = await open(config);
    const readingTwo = reader(two);
    await produce(broker, 'shared', lines('y', 400), 4);
    await expect.poll(() => seen.size, { timeout: 60_000 }).toBe(800);
    await Promise.all([one.close(), two.close()]);
    await Promise.all([readingOne, readingTwo]);
  }, 120_000);

  test('waits for a broker that is away at the start, and reads on through its restart', async () => {
    const away = await kafkaBroker();
    const config = configOf(away, { topics: ['late'], groupId: 'g-late' });
    said.length = 0;
    // The broker may be found before its topic is made: then the source says so and is opened again.
    const opening = open(config).catch(() => undefined);
    await expect
      .poll(() => said.join('\n'), { timeout: 15_000 })
      .toMatch(/kafka at 127\.0\.0\.1:\d+: .*trying again in 1 s/);
    await away.start();
    await away.createTopic('late');
    await produce(away, 'late', lines('before', 3));
    const source = (await opening) ?? (await open(config));
    const seen: string[] = [];
    const reading = (async () => {
      for await (const batch of source) {
        seen.push(...valuesOf(batch));
        await batch.commit();
      }
    })();
    await expect.poll(() => seen.length, { timeout: 30_000 }).toBe(3);
    await away.stop();
    await away.start();
    await produce(away, 'late', lines('after', 3));
    await expect.poll(() => new Set(seen).size, { timeout: 90_000 }).toBe(6);
    await source.close();
    await reading;
    await away.remove();
  }, 240_000);

  test('says in one line that a topic is missing', async () => {
    await expect(open(configOf(broker, { topics: ['nowhere'] }))).rejects.toThrow(
      /^kafka at 127\.0\.0\.1:\d+: no topic nowhere; create it or correct source\.kafka\.topics$/,
    );
  });
});

describeWith([...kafkaProgram.needed, 'openssl'], 'Kafka source behind a login and TLS', () => {
  test('reads with the right password and says in one line when it is wrong', async () => {
    const broker = await kafkaBroker({ users: { reader: 'right-password' } });
    await broker.start();
    await broker.createTopic('t');
    const sasl = { mechanism: 'plain' as const, username: 'reader', password: 'right-password' };
    const source = await open(configOf(broker, { sasl }));
    await source.close();
    await expect(open(configOf(broker, { sasl: { ...sasl, password: 'wrong-password' } }))).rejects.toThrow(
      /login refused \(plain\); check source\.kafka\.sasl/,
    );
    await broker.remove();
  }, 120_000);

  test('trusts the configured authority and refuses any other', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'bearerwatch-tls-'));
    const [key, cert, store] = ['key.pem', 'cert.pem', 'store.p12'].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    const openssl = (...args: string[]) => execFileSync('openssl', args, { stdio: 'pipe' });
    openssl(
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-keyout',
      key,
      '-out',
      cert,
      '-days',
      '2',
      '-subj',
      '/CN=localhost',
      '-addext',
      'subjectAltName=IP:127.0.0.1,DNS:localhost',
    );
    openssl('pkcs12', '-export', '-inkey', key, '-in', cert, '-out', store, '-passout', 'pass:secret1');
    const broker = await kafkaBroker({ keystore: { file: store, password: 'secret1' } });
    await broker.start();
    await broker.createTopic('t');
    const tls = { enabled: true, caFile: cert, serverName: 'localhost' };
    const source = await open(configOf(broker, { tls }));
    await source.close();
    await expect(open(configOf(broker, { tls: { enabled: true, serverName: 'localhost' } }))).rejects.toThrow(
      /TLS failed .*check source\.kafka\.tls/,
    );
    writeFileSync(join(folder, 'empty.pem'), '');
    await expect(
      open(configOf(broker, { tls: { enabled: true, caFile: join(folder, 'none.pem') } })),
    ).rejects.toThrow(/source\.kafka\.tls\.caFile: .* cannot be read \(ENOENT\)/);
    await broker.remove();
  }, 120_000);
});

describe('Kafka source without a broker', () => {
  test('gives up after its patience with one line', async () => {
    const config = schema.parse({ brokers: ['127.0.0.1:1'], topics: ['t'], connectPatienceMs: 1 });
    await expect(open(config)).rejects.toThrow(/^kafka at 127\.0\.0\.1:1: /);
  });
});
