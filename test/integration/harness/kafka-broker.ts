import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import kafkajs from 'kafkajs';
import { freePort, isInstalled } from '../../support/real-program.ts';

const home = resolve(process.env['BEARERWATCH_INTEGRATION_HOME'] ?? '.integration', 'kafka');
const hasJars = existsSync(home) && readdirSync(home).some((file) => file.startsWith('kafka_2.13-'));

/** `needed` is for describeWith: empty when Kafka can be started. */
export const kafkaProgram = { needed: hasJars && isInstalled('java') ? [] : ['kafka'] };

export interface BrokerOptions {
  /** Users of SASL: the client listener asks for a login. */
  readonly users?: Readonly<Record<string, string>>;
  /** How they log in; `OAUTHBEARER` takes any unsecured token instead. */
  readonly mechanism?: 'PLAIN' | 'SCRAM-SHA-256' | 'SCRAM-SHA-512' | 'OAUTHBEARER';
  /** PKCS12 keystore with the broker's key: the client listener talks TLS. */
  readonly keystore?: { readonly file: string; readonly password: string };
  /** PKCS12 truststore of clients' certificates: no client without one. */
  readonly truststore?: { readonly file: string; readonly password: string };
}

export interface Broker {
  /** host:port for clients. */
  readonly address: string;
  readonly pid: () => number | undefined;
  createTopic(topic: string, partitions?: number): Promise<void>;
  deleteTopic(topic: string): Promise<void>;
  start(): Promise<void>;
  /** SIGTERM and wait. */
  stop(): Promise<void>;
  /** SIGKILL, as a crash would; the data stays for the next start. */
  crash(): Promise<void>;
  /** Stops and removes the data. */
  remove(): Promise<void>;
}

/** One KRaft node with its data in a folder of its own. Not started yet. */
export async function kafkaBroker(options: BrokerOptions = {}): Promise<Broker> {
  const folder = mkdtempSync(join(tmpdir(), 'bearerwatch-kafka-'));
  const [port, controller, inner] = [await freePort(), await freePort(), await freePort()];
  const address = `127.0.0.1:${port}`;
  const protocol =
    options.users !== undefined ? 'SASL_PLAINTEXT' : options.keystore !== undefined ? 'SSL' : 'PLAINTEXT';
  const config = join(folder, 'server.properties');
  writeFileSync(config, properties({ folder, port, controller, inner, protocol, options }));
  java([
    'kafka.tools.StorageTool',
    'format',
    '-t',
    'MkU3OEVBNTcwNTJENDM2Qk',
    '-c',
    config,
    ...scramUsers(options),
  ]);
  let child: ChildProcess | undefined;
  let output = '';
  const admin = () =>
    new kafkajs.Kafka({
      brokers: [`127.0.0.1:${inner}`],
      logLevel: kafkajs.logLevel.NOTHING,
      retry: { retries: 20, initialRetryTime: 100, maxRetryTime: 500 },
    }).admin();
  const asAdmin = async (work: (client: kafkajs.Admin) => Promise<void>) => {
    const client = admin();
    try {
      await client.connect();
      await work(client);
    } finally {
      await client.disconnect();
    }
  };
  const broker: Broker = {
    address,
    pid: () => child?.pid,
    createTopic: (topic, partitions = 1) =>
      asAdmin(async (client) => {
        const isNew = await client.createTopics({
          topics: [{ topic, numPartitions: partitions, replicationFactor: 1 }],
          // The client gives up when the broker has not heard of the topic yet.
          waitForLeaders: false,
        });
        if (!isNew) throw new Error(`topic ${topic} is there already`);
        await until(() => hasLeaders(client, topic, partitions), `topic ${topic} has no leaders`);
      }),
    deleteTopic: (topic) =>
      asAdmin(async (client) => {
        await client.deleteTopics({ topics: [topic] });
        await until(async () => !(await client.listTopics()).includes(topic), `topic ${topic} does not go`);
      }),
    async start() {
      child = spawn(
        'java',
        [
          '-Xmx512m',
          '-XX:TieredStopAtLevel=1',
          '-XX:+UseSerialGC',
          '-cp',
          `${home}/*`,
          'kafka.Kafka',
          config,
        ],
        {
          stdio: ['ignore', 'pipe', 'pipe'],
        },
      );
      for (const stream of [child.stdout, child.stderr])
        stream?.on('data', (chunk: Buffer) => (output = (output + chunk).slice(-8000)));
      await listening(port, () => output);
      await asAdmin(async () => {});
    },
    async stop() {
      const ending = child;
      child = undefined;
      if (ending === undefined) return;
      const ended = new Promise((done) => ending.once('exit', done));
      ending.kill('SIGTERM');
      const killer = setTimeout(() => ending.kill('SIGKILL'), 15_000);
      await ended;
      clearTimeout(killer);
    },
    async crash() {
      const ending = child;
      child = undefined;
      if (ending === undefined) return;
      const ended = new Promise((done) => ending.once('exit', done));
      ending.kill('SIGKILL');
      await ended;
    },
    async remove() {
      await broker.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return broker;
}

interface Place {
  readonly folder: string;
  readonly port: number;
  readonly controller: number;
  readonly inner: number;
  readonly protocol: string;
  readonly options: BrokerOptions;
}

function properties({ folder, port, controller, inner, protocol, options }: Place): string {
  const lines = [
    'process.roles=broker,controller',
    'node.id=1',
    `controller.quorum.voters=1@127.0.0.1:${controller}`,
    `listeners=CLIENT://127.0.0.1:${port},INNER://127.0.0.1:${inner},CONTROLLER://127.0.0.1:${controller}`,
    `advertised.listeners=CLIENT://127.0.0.1:${port},INNER://127.0.0.1:${inner}`,
    `listener.security.protocol.map=CLIENT:${protocol},INNER:PLAINTEXT,CONTROLLER:PLAINTEXT`,
    'controller.listener.names=CONTROLLER',
    'inter.broker.listener.name=INNER',
    `log.dirs=${join(folder, 'data')}`,
    'offsets.topic.replication.factor=1',
    'transaction.state.log.replication.factor=1',
    'transaction.state.log.min.isr=1',
    'share.coordinator.state.topic.replication.factor=1',
    'share.coordinator.state.topic.min.isr=1',
    'group.initial.rebalance.delay.ms=0',
    'auto.create.topics.enable=false',
    'offsets.topic.num.partitions=4',
  ];
  if (options.users !== undefined) {
    const mechanism = options.mechanism ?? 'PLAIN';
    lines.push(
      `listener.name.client.sasl.enabled.mechanisms=${mechanism}`,
      `listener.name.client.${mechanism.toLowerCase()}.sasl.jaas.config=${loginModule(mechanism, options.users)}`,
    );
  }
  if (options.truststore !== undefined) {
    const { file, password } = options.truststore;
    lines.push(
      'listener.name.client.ssl.client.auth=required',
      `listener.name.client.ssl.truststore.location=${file}`,
      `listener.name.client.ssl.truststore.password=${password}`,
      'listener.name.client.ssl.truststore.type=PKCS12',
    );
  }
  if (options.keystore !== undefined) {
    const { file, password } = options.keystore;
    lines.push(
      `listener.name.client.ssl.keystore.location=${file}`,
      `listener.name.client.ssl.keystore.password=${password}`,
      'listener.name.client.ssl.keystore.type=PKCS12',
    );
  }
  return `${lines.join('\n')}\n`;
}

const security = 'org.apache.kafka.common.security';

function loginModule(mechanism: string, users: Readonly<Record<string, string>>): string {
  if (mechanism === 'OAUTHBEARER') return `${security}.oauthbearer.OAuthBearerLoginModule required;`;
  if (mechanism !== 'PLAIN') return `${security}.scram.ScramLoginModule required;`;
  const entries = Object.entries(users).map(([user, password]) => `user_${user}="${password}"`);
  return `${security}.plain.PlainLoginModule required ${entries.join(' ')};`;
}

/** SCRAM's users live in the cluster's metadata, from its first record on. */
function scramUsers({ users, mechanism = 'PLAIN' }: BrokerOptions): string[] {
  if (!mechanism.startsWith('SCRAM')) return [];
  return Object.entries(users ?? {}).flatMap(([name, password]) => [
    '--add-scram',
    `${mechanism}=[name=${name},password=${password}]`,
  ]);
}

function java(args: readonly string[]): void {
  execFileSync('java', ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-cp', `${home}/*`, ...args], {
    stdio: 'pipe',
  });
}

async function hasLeaders(client: kafkajs.Admin, topic: string, partitions: number): Promise<boolean> {
  try {
    const { topics } = await client.fetchTopicMetadata({ topics: [topic] });
    const found = topics.flatMap((one) => one.partitions);
    return found.length === partitions && found.every(({ leader }) => leader >= 0);
  } catch (error) {
    if (notYet.has((error as { type?: string }).type ?? '')) return false;
    throw error;
  }
}

const notYet = new Set(['UNKNOWN_TOPIC_OR_PARTITION', 'LEADER_NOT_AVAILABLE']);

async function until(isSo: () => Promise<boolean>, otherwise: string): Promise<void> {
  for (let tries = 0; tries < 300; tries += 1) {
    if (await isSo()) return;
    await sleep(100);
  }
  throw new Error(otherwise);
}

async function listening(port: number, output: () => string): Promise<void> {
  for (let tries = 0; tries < 600; tries += 1) {
    const open = await new Promise<boolean>((done) => {
      const socket = connect(port, '127.0.0.1', () => {
        socket.destroy();
        done(true);
      });
      socket.once('error', () => done(false));
    });
    if (open) return;
    await sleep(250);
  }
  throw new Error(`Kafka did not start: ${output()}`);
}
