import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { describeWith } from '../support/real-program.ts';
import { folderForEachTest } from '../support/test-folder.ts';
import { kafkaProgram } from './harness/kafka-broker.ts';
import { brokerForSuite } from './harness/suite-broker.ts';

describeWith(kafkaProgram.needed, 'check-config --connect, at a real broker', () => {
  const kafka = brokerForSuite({ edge: 1, refused: 1, alerts: 1 });
  const folder = folderForEachTest();

  /** Exit code and what was told of Kafka. */
  function check(deadLetters: string, alerts: string): Promise<{ code: unknown; told: string[] }> {
    const file = join(folder(), 'bearerwatch.yaml');
    const config = {
      source: { kafka: { brokers: [kafka.broker.address], topics: ['edge'], deadLetterTopic: deadLetters } },
      kafkaAlerts: { topic: alerts },
      clickhouse: { enabled: false },
      state: { dir: join(folder(), 'state') },
    };
    writeFileSync(file, JSON.stringify(config));
    const args = [resolve('src/cli/bearerwatch.ts'), 'check-config', file, '--connect'];
    const env = { PATH: process.env['PATH'], HOME: folder(), NO_COLOR: '1' };
    return new Promise((done) => {
      execFile(resolve('node_modules/.bin/node'), args, { cwd: folder(), env }, (error, _stdout, stderr) => {
        const told = stderr.split('\n').filter((line) => /^(?:ok|failed) (?:kafka|source\.kafka)/.test(line));
        done({ code: error?.code ?? 0, told });
      });
    });
  }

  it('finds the topics that are read and written', async () => {
    expect(await check('refused', 'alerts')).toEqual({
      code: 0,
      told: [
        `ok kafka: ${kafka.broker.address} answers; edge would be read`,
        'ok source.kafka.deadLetterTopic: topic refused is there',
        'ok kafkaAlerts.topic: topic alerts is there',
      ],
    });
  });

  it('says which topic is missing and what to do, and makes none', async () => {
    const where = `kafka at ${kafka.broker.address}`;
    const missing = (option: string, topic: string) =>
      `failed ${option}: ${where}: no topic ${topic}, or none that this login may see; create it, or correct ${option}`;
    for (let round = 0; round < 2; round += 1) {
      const { code, told } = await check('refusd', 'alrts');
      expect(code).toBe(1);
      expect(told.slice(1)).toEqual([
        missing('source.kafka.deadLetterTopic', 'refusd'),
        missing('kafkaAlerts.topic', 'alrts'),
      ]);
    }
  });
});
