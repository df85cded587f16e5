import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { envoyLine } from '../decode/decoding.ts';
import { describeWith } from '../support/real-program.ts';
import { type Broker, kafkaBroker, kafkaProgram } from './harness/kafka-broker.ts';
import { type TopicClient, topicClient } from './harness/topic.ts';

const run = promisify(execFile);
const rawKey = 'raw-key-0123456789abcdef';
const apisixLine = {
  start_time: 1767607200250,
  route_id: 'r',
  client_ip: '198.51.100.4',
  latency: 9,
  request: { method: 'GET', uri: '/orders/7', headers: { apikey: rawKey, 'user-agent': 'curl/8' } },
  response: { status: 200, headers: {} },
};

describeWith(kafkaProgram.needed, 'connect, on a topic of a real broker', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bearerwatch-connect-'));
  let broker: Broker;
  let client: TopicClient;
  beforeAll(async () => {
    broker = await kafkaBroker();
    await broker.start();
    client = await topicClient(broker);
    for (const [topic, line] of [['edge', envoyLine] as const, ['apisix', [apisixLine]] as const]) {
      await broker.createTopic(topic);
      await client.send(
        topic,
        Array.from({ length: 20 }, () => JSON.stringify(line)),
      );
    }
  }, 120_000);
  afterAll(async () => {
    await client.close();
    await broker.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  const connect = (topic: string, ...more: string[]) =>
    run(
      resolve('node_modules/.bin/node'),
      [resolve('src/cli/bearerwatch.ts'), 'connect', '--topic', topic, '--brokers', broker.address, ...more],
      { cwd: folder, env: { PATH: process.env['PATH'], HOME: folder, NO_COLOR: '1' } },
    );

  it('says what it holds and writes a configuration that reads it', async () => {
    const file = join(folder, 'bearerwatch.yaml');
    const { stdout, stderr } = await connect('edge', '--lines', '20', '--wait', '30', '--write', file);
    expect(stdout).toContain('20 of 20 records');
    expect(stdout).toContain('100 % of 20 records; 20 events');
    expect(stderr).toBe(`wrote ${file}; start with: bearerwatch run --config ${file}\n`);
    expect(readFileSync(file, 'utf8')).toContain(broker.address);
    expect(await client.groups()).toEqual([]);
  }, 90_000);

  it('warns of raw keys in the log and never prints one; fewer records than asked for end the wait', async () => {
    const { stdout, stderr } = await connect('apisix', '--wait', '12');
    expect(stdout).toContain('20 of 20 records');
    expect(stdout).toMatch(/! .*raw/i);
    expect(`${stdout}${stderr}`).not.toContain(rawKey);
  }, 90_000);
});
