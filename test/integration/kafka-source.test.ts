import { execFileSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import kafkajs from 'kafkajs';
import { describe, expect, test } from 'vitest';
import { type KafkaSourceConfig, kafkaSource as schema } from '../../schemas/config/source.ts';
import { createKafkaSource } from '../../src/sources/kafka/kafka-source.ts';
import type { Batch } from '../../src/sources/source.ts';
import { describeWith } from '../support/real-program.ts';
import { type Broker, kafkaBroker, kafkaProgram } from './harness/kafka-broker.ts';

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

const valuesOf = ({ records }: Batch) => records.map(({ value }) => Buffer.from(value).toString());
const lines = (prefix: string, count: number) => Array.from({ length: count }, (_, n) => `${prefix}-${n}`);

async function produce(broker: Broker, topic: string, values: readonly string[]): Promise<void> {
  const kafka = new kafkajs.Kafka({ brokers: [broker.address], logLevel: kafkajs.logLevel.NOTHING });
  const producer = kafka.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner });
  await producer.connect();
  await producer.send({
    topic,
    messages: values.map((value) => ({ value })),
  });
  await producer.disconnect();
}

describeWith(kafkaProgram.needed, 'Kafka source, while its broker is away', () => {
  test('waits for a broker that is away at the start, and reads on through its restart', async () => {
    const away = await kafkaBroker();
    const config = configOf(away, { topics: ['late'], groupId: 'g-late' });
    said.length = 0;
    // The broker may be found before its topic is made: then the source says so and is opened again.
    const opening = open(config).catch(() => undefined);
    await expect
      .poll(() => said.join('\n'), { timeout: 40_000 })
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
