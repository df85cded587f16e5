import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { deadLetter } from '../../schemas/dead-letter.ts';
import { describeWith } from '../support/real-program.ts';
import { type Broker, kafkaBroker, kafkaProgram } from './harness/kafka-broker.ts';
import { linesWithSecrets, type Planted, secretsIn } from './harness/planted-secrets.ts';
import { startService } from './harness/service.ts';
import { storedRows } from './harness/stored.ts';
import { topicClient } from './harness/topic.ts';

const topics = { lines: 'gateway-access', deadLetters: 'dead-letters', alerts: 'alerts' };
const patience = { timeout: 30_000, interval: 200 };

describeWith(
  [...kafkaProgram.needed, 'kcat'],
  'run, on secrets in good and malformed lines of a Kafka topic',
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'bearerwatch-secrets-kafka-'));
    let broker: Broker;
    let planted: Planted[] = [];
    let refused = 0;
    /** Everything written, by where it was written to. */
    const written = new Map<string, string>();

    /** Keys, headers and values of all records of a topic. */
    const recordsOf = (topic: string, format: string) =>
      execFileSync('kcat', ['-C', '-b', broker.address, '-t', topic, '-e', '-q', '-f', format], {
        encoding: 'utf8',
        maxBuffer: 100_000_000,
      });

    beforeAll(async () => {
      broker = await kafkaBroker();
      await broker.start();
      for (const topic of Object.values(topics)) await broker.createTopic(topic);
      const made = linesWithSecrets(Date.now());
      // Of a secret that was cut off, the beginning is secret as well; tokens begin alike.
      const beginnings = made.planted
        .filter(({ secret }) => !secret.startsWith('eyJ'))
        .map(({ where, secret }) => ({ where: `beginning of ${where}`, secret: secret.slice(0, 16) }));
      planted = [...made.planted, ...beginnings];
      // What no decoder can read at all: a line cut in the middle of a character, and one with other bytes.
      const cut = [0.4, 0.6, 0.8].flatMap((part) =>
        made.lines.map((line) => Buffer.from(line).subarray(0, Math.floor(line.length * part))),
      );
      const foreign = made.lines.map((line) => Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(line)]));
      const lines = [...made.lines, ...cut, ...foreign];
      const service = await startService({
        folder,
        config: {
          source: {
            kafka: {
              brokers: [broker.address],
              topics: [topics.lines],
              from: 'earliest',
              deadLetterTopic: topics.deadLetters,
            },
          },
          kafkaAlerts: { topic: topics.alerts },
          log: { format: 'json', level: 'trace' },
          stdout: { format: 'json' },
          clickhouse: { eventSampleRate: 1 },
          deadLetters: { file: join(folder, 'dead-letters.jsonl') },
          checkpoint: { everyMs: 500 },
        },
      });
      await service.ready();
      const client = await topicClient(broker);
      await client.send(topics.lines, lines);
      await vi.waitFor(
        async () => expect(await client.unacknowledged(topics.lines, 'bearerwatch')).toBe(0),
        patience,
      );
      await client.close();
      expect(await service.metric('bearerwatch_records_total')).toBe(lines.length);
      refused = await service.metric('bearerwatch_decode_failures_total');
      for (const page of ['/metrics', '/', '/api/v1/alerts', '/healthz', '/api/v1/coverage'])
        written.set(`page ${page}`, await (await fetch(service.url + page)).text());
      expect(await service.stop()).toBe(0);
      written.set('standard output', service.stdout());
      written.set('standard error', service.stderr());
      for (const topic of [topics.deadLetters, topics.alerts])
        written.set(`topic ${topic}`, recordsOf(topic, '%k %h %s\n'));
      for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
        const path = join(entry.parentPath, entry.name);
        if (entry.isFile())
          written.set(`file ${path.slice(folder.length + 1)}`, readFileSync(path, 'latin1'));
      }
      for (const [table, rows] of await storedRows(join(folder, 'state')))
        written.set(`table ${table}`, rows);
    }, 120_000);

    afterAll(async () => {
      await broker.remove();
      rmSync(folder, { recursive: true, force: true });
    });

    it('has every refused record in the dead-letter topic, with reason and place', () => {
      const letters = recordsOf(topics.deadLetters, '%s\n')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => deadLetter.parse(JSON.parse(line)));
      expect(refused).toBeGreaterThan(100);
      expect(letters).toHaveLength(refused);
      for (const { at } of letters) expect(at).toMatchObject({ kind: 'kafka', topic: topics.lines });
      const places = letters.map(({ at }) => JSON.stringify(at));
      expect(new Set(places).size).toBeLessThanOrEqual(refused);
      expect(new Set(letters.map(({ reason }) => reason)).size).toBeGreaterThan(2);
    });

    it('has written something to every other place that is searched', () => {
      for (const place of ['table usage_events', 'table dead_letters', 'file dead-letters.jsonl'])
        expect(written.get(place)?.length, place).toBeGreaterThan(1000);
      for (const place of ['standard output', `topic ${topics.alerts}`, 'table alerts'])
        expect(written.get(place), place).toContain('secret-in-url');
    });

    it('has written none of them, in clear, URL-encoded, base64 or hexadecimal', () => {
      expect(planted.length).toBeGreaterThan(120);
      expect(secretsIn(planted, written)).toEqual([]);
    });
  },
);
