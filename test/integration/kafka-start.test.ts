import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { describeWith } from '../support/real-program.ts';
import { type Broker, kafkaBroker, kafkaProgram } from './harness/kafka-broker.ts';
import { plainLines, type Service, startService } from './harness/service.ts';
import { topicClient } from './harness/topic.ts';

const root = mkdtempSync(join(tmpdir(), 'bearerwatch-kafka-start-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const patience = { timeout: 40_000, interval: 200 };

const start = (name: string, broker: Broker, kafka: Record<string, unknown> = {}): Promise<Service> =>
  startService({
    folder: join(root, name),
    config: { source: { kafka: { brokers: [broker.address], topics: ['t'], from: 'earliest', ...kafka } } },
  });

const page = async (service: Service, path: string) => {
  const answer = await fetch(service.url + path);
  return { code: answer.status, ...((await answer.json()) as { reasons: string[] }) };
};

describeWith(kafkaProgram.needed, 'run, before its broker is up', () => {
  let broker: Broker;
  beforeAll(async () => {
    broker = await kafkaBroker();
    // A topic that is not there yet would be an error of its own.
    await broker.start();
    await broker.createTopic('t');
    await broker.stop();
  });
  afterAll(() => broker.remove());

  it('waits, is unhealthy with the reason, and goes on by itself when the broker comes', async () => {
    const service = await start('late', broker);
    const reason = expect.stringMatching(
      new RegExp(`^kafka at ${broker.address}: .*ECONNREFUSED.*; trying again in \\d+ s$`),
    );
    await vi.waitFor(async () => {
      const health = await page(service, '/healthz');
      expect(health).toMatchObject({ code: 503, status: 'unhealthy', reasons: [reason] });
    }, patience);
    expect(await page(service, '/readyz')).toMatchObject({ code: 503, reasons: [reason] });
    expect(await service.metrics()).toContain('bearerwatch_build_info');
    await broker.start();
    await service.ready();
    await vi.waitFor(
      async () => expect(await page(service, '/healthz')).toMatchObject({ code: 200, reasons: [] }),
      patience,
    );
    const client = await topicClient(broker);
    await client.send('t', ['not a log line']);
    await client.close();
    await vi.waitFor(async () => expect(await service.metric('bearerwatch_records_total')).toBe(1), patience);
    expect(await service.stop()).toBe(0);
    expect(plainLines(service.stderr())).toEqual([]);
  }, 90_000);

  it('stops with 0 when it is told to while it still waits', async () => {
    const away = await kafkaBroker();
    const service = await start('stopped', away);
    await vi.waitFor(() => expect(service.stderr()).toContain('trying again in 1 s'), patience);
    expect(await service.stop()).toBe(0);
    expect(service.stderr()).toContain('stopped before everything was open; nothing was read');
    expect(plainLines(service.stderr())).toEqual([]);
    await away.remove();
  }, 60_000);

  it('ends with 1 and one line that names a topic that does not exist', async () => {
    const service = await start('topic', broker, { topics: ['nowhere'] });
    expect(await service.ended()).toBe(1);
    expect(plainLines(service.stderr())).toEqual([
      `bearerwatch: kafka at ${broker.address}: no topic nowhere; create it or correct source.kafka.topics`,
    ]);
  }, 60_000);
});

describeWith([...kafkaProgram.needed, 'openssl'], 'run, refused by its broker', () => {
  it('ends with 1 and one line when the password is wrong, and never prints it', async () => {
    const broker = await kafkaBroker({ users: { reader: 'right-password' } });
    await broker.start();
    await broker.createTopic('t');
    const sasl = { mechanism: 'plain', username: 'reader', password: 'wrong-password' };
    const service = await start('password', broker, { sasl });
    expect(await service.ended()).toBe(1);
    expect(plainLines(service.stderr())).toEqual([
      `bearerwatch: kafka at ${broker.address}: login refused (plain); check source.kafka.sasl`,
    ]);
    expect(service.stderr() + service.stdout()).not.toContain('wrong-password');
    await broker.remove();
  }, 60_000);

  it('ends with 1 and one line when another authority has signed the certificate', async () => {
    const files = (name: string) => {
      const [key, cert] = [join(root, `${name}.key`), join(root, `${name}.crt`)];
      const request = [
        'req',
        '-x509',
        '-newkey',
        'rsa:2048',
        '-nodes',
        '-days',
        '2',
        '-subj',
        '/CN=localhost',
      ];
      const names = ['-addext', 'subjectAltName=IP:127.0.0.1,DNS:localhost'];
      execFileSync('openssl', [...request, ...names, '-keyout', key, '-out', cert], { stdio: 'pipe' });
      return { key, cert };
    };
    const [ours, other] = [files('broker'), files('other')];
    const store = join(root, 'store.p12');
    const pack = ['pkcs12', '-export', '-inkey', ours.key, '-in', ours.cert, '-out', store];
    execFileSync('openssl', [...pack, '-passout', 'pass:secret1'], { stdio: 'pipe' });
    const broker = await kafkaBroker({ keystore: { file: store, password: 'secret1' } });
    await broker.start();
    await broker.createTopic('t');
    const tls = { enabled: true, caFile: other.cert, serverName: 'localhost' };
    const service = await start('authority', broker, { tls });
    expect(await service.ended()).toBe(1);
    expect(plainLines(service.stderr())).toEqual([
      expect.stringMatching(
        new RegExp(
          `^bearerwatch: kafka at ${broker.address}: TLS failed \\(.*\\); check source\\.kafka\\.tls$`,
        ),
      ),
    ]);
    await broker.remove();
  }, 60_000);
});
