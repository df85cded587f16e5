import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { describeWith, type Program, runProgram, startProgram } from '../support/real-program.ts';
import { type Broker, kafkaBroker, kafkaProgram } from './harness/kafka-broker.ts';
import { type Service, startService } from './harness/service.ts';

const lines = Array.from(
  { length: 200 },
  (_, n) =>
    `{"time":"${1_767_600_000 + n}.250","request_id":"r${n}","client_ip":"198.51.100.7","method":"GET","path":"/orders/${n}","status":"200","bytes_out":"12","duration_s":"0.050","user_agent":"a \\"b\\" ü","credential_id":"client-${n % 3}"}`,
);

describeWith(
  ['rsyslogd', 'kcat', ...kafkaProgram.needed],
  'deploy/shippers/rsyslog.conf, run for real',
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'bearerwatch-shipper-'));
    const log = join(folder, 'access.log');
    let broker: Broker;
    let rsyslog: Program;
    let service: Service;
    let output = '';

    const start = () =>
      startProgram('rsyslogd', ['-n', '-f', join(folder, 'rsyslog.conf'), '-i', join(folder, 'rsyslog.pid')]);
    const append = (some: readonly string[]) => writeFileSync(log, `${some.join('\n')}\n`, { flag: 'a' });

    beforeAll(async () => {
      broker = await kafkaBroker();
      await broker.start();
      await broker.createTopic('gateway-access', 2);
      mkdirSync(join(folder, 'spool'));
      writeFileSync(
        join(folder, 'rsyslog.conf'),
        readFileSync('deploy/shippers/rsyslog.conf', 'utf8')
          .replaceAll('/var/log/gateway', folder)
          .replaceAll('/var/spool/rsyslog', join(folder, 'spool'))
          .replace('kafka:9092', broker.address),
      );
      append(lines.slice(0, 100));
      rsyslog = start();
      service = await startService({
        folder: join(folder, 'service'),
        config: {
          source: { kafka: { brokers: [broker.address], topics: ['gateway-access'], from: 'earliest' } },
        },
      });
      await service.ready();
    }, 120_000);

    afterAll(async () => {
      await service?.stop();
      await rsyslog?.stop();
      await broker?.remove();
      rmSync(folder, { recursive: true, force: true });
    });

    const arrived = async (wanted: number) =>
      vi.waitFor(
        async () => {
          output = runProgram('kcat', ['-b', broker.address, '-C', '-t', 'gateway-access', '-e', '-q']);
          expect(new Set(output.trim().split('\n')).size, rsyslog.output()).toBe(wanted);
        },
        { timeout: 40_000, interval: 500 },
      );

    it('brings every line to the topic as it is', async () => {
      await arrived(100);
      expect(new Set(output.trim().split('\n'))).toEqual(new Set(lines.slice(0, 100)));
    }, 60_000);

    it('loses none while the broker is away', async () => {
      await broker.stop();
      append(lines.slice(100, 150));
      await new Promise((next) => setTimeout(next, 2000));
      append(lines.slice(150));
      await broker.start();
      await arrived(200);
      expect(new Set(output.trim().split('\n'))).toEqual(new Set(lines));
    }, 90_000);

    it('gives the service events of every line, none refused', async () => {
      await vi.waitFor(
        async () =>
          expect(
            await service.metric('bearerwatch_events_total', { format: 'nginx' }),
          ).toBeGreaterThanOrEqual(200),
        { timeout: 30_000, interval: 300 },
      );
      expect(await service.metric('bearerwatch_decode_failures_total')).toBe(0);
    }, 40_000);
  },
);
