import { execFileSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type KafkaSourceConfig, kafkaSource as schema } from '../../schemas/config/source.ts';
import { createKafkaSource } from '../../src/sources/kafka/kafka-source.ts';
import { describeWith } from '../support/real-program.ts';
import { type Broker, kafkaBroker, kafkaProgram } from './harness/kafka-broker.ts';

const quiet = { info() {}, warn() {}, error() {}, debug() {} };
const longMs = 60_000;

function open(
  broker: Broker,
  more: Partial<KafkaSourceConfig>,
  waitingFor: (problem: string | undefined) => void = () => {},
) {
  const config = schema.parse({ brokers: [broker.address], topics: ['t'], from: 'earliest', ...more });
  const stop = new AbortController().signal;
  return createKafkaSource({ config, logger: quiet, nowMs: Date.now, stop, waitingFor });
}

/** An unsecured token, as a broker under test takes it: nobody signed it. */
function unsecuredToken(subject: string, livesS: number): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const nowS = Math.floor(Date.now() / 1000);
  return `${part({ alg: 'none' })}.${part({ sub: subject, iat: nowS - 10, exp: nowS + livesS })}.`;
}

function openssl(...args: string[]): void {
  execFileSync('openssl', args, { stdio: 'pipe' });
}

/** A key with a certificate of its own, and both as PKCS12. */
function identity(folder: string, name: string) {
  const [key, cert, store] = ['key', 'cert', 'p12'].map((end) => join(folder, `${name}.${end}`)) as [
    string,
    string,
    string,
  ];
  const subject = ['-subj', `/CN=${name}`, '-addext', 'subjectAltName=IP:127.0.0.1,DNS:localhost'];
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
    ...subject,
  );
  openssl('pkcs12', '-export', '-inkey', key, '-in', cert, '-out', store, '-passout', 'pass:secret1');
  return { key, cert, store };
}

describeWith([...kafkaProgram.needed, 'openssl'], 'Kafka source and the ways to log in', () => {
  test.each([
    ['scram-sha-256', 'SCRAM-SHA-256'],
    ['scram-sha-512', 'SCRAM-SHA-512'],
  ] as const)(
    '%s',
    async (mechanism, named) => {
      const broker = await kafkaBroker({ users: { reader: 'right-password' }, mechanism: named });
      try {
        await broker.start();
        await broker.createTopic('t');
        const sasl = { mechanism, username: 'reader', password: 'right-password' };
        const source = await open(broker, { sasl });
        await source.close();
        await expect(open(broker, { sasl: { ...sasl, password: 'wrong-password' } })).rejects.toThrow(
          new RegExp(`login refused \\(${mechanism}\\); check source\\.kafka\\.sasl`),
        );
      } finally {
        await broker.remove();
      }
    },
    longMs,
  );

  test(
    'oauthbearer, with the token of a file, waiting for a new one when it has expired',
    async () => {
      const folder = mkdtempSync(join(tmpdir(), 'bearerwatch-oauth-'));
      const tokenFile = join(folder, 'token');
      const broker = await kafkaBroker({ users: {}, mechanism: 'OAUTHBEARER' });
      try {
        await broker.start();
        await broker.createTopic('t');
        writeFileSync(tokenFile, `${unsecuredToken('reader', 3600)}\n`);
        const source = await open(broker, { sasl: { mechanism: 'oauthbearer', tokenFile } });
        await source.close();
        writeFileSync(tokenFile, unsecuredToken('reader', -3600));
        const waits: string[] = [];
        const renewed = open(broker, { sasl: { mechanism: 'oauthbearer', tokenFile } }, (problem) => {
          if (problem === undefined || waits.push(problem) > 1) return;
          writeFileSync(tokenFile, unsecuredToken('reader', 3600));
        });
        await (await renewed).close();
        expect(waits[0]).toMatch(/the token of source\.kafka\.sasl\.tokenFile may have expired/);
      } finally {
        await broker.remove();
      }
    },
    longMs,
  );

  test(
    'a client certificate',
    async () => {
      const folder = mkdtempSync(join(tmpdir(), 'bearerwatch-mtls-'));
      const server = identity(folder, 'localhost');
      const client = identity(folder, 'reader');
      const trusted = join(folder, 'trusted.p12');
      const trust = ['-importcert', '-noprompt', '-alias', 'reader', '-file', client.cert];
      execFileSync(
        'keytool',
        [...trust, '-keystore', trusted, '-storetype', 'PKCS12', '-storepass', 'secret1'],
        {
          stdio: 'pipe',
        },
      );
      const broker = await kafkaBroker({
        keystore: { file: server.store, password: 'secret1' },
        truststore: { file: trusted, password: 'secret1' },
      });
      try {
        await broker.start();
        await broker.createTopic('t');
        const tls = { enabled: true, caFile: server.cert, serverName: 'localhost' };
        const own = { certFile: client.cert, keyFile: client.key };
        const source = await open(broker, { tls: { ...tls, ...own } as KafkaSourceConfig['tls'] });
        await source.close();
        const other = identity(folder, 'somebody-else');
        await expect(
          open(broker, {
            tls: { ...tls, certFile: other.cert, keyFile: other.key } as KafkaSourceConfig['tls'],
          }),
        ).rejects.toThrow(/check source\.kafka\.tls/);
      } finally {
        await broker.remove();
      }
    },
    longMs,
  );
});
