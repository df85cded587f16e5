import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { one } from '../decode/decoding.ts';
import { describeWith, runProgram } from '../support/real-program.ts';

const folder = 'deploy/shippers';
const files = readdirSync(folder).sort();
const text = (file: string) => readFileSync(join(folder, file), 'utf8');
const yaml = (file: string) => parse(text(file)) as Record<string, never>;

describe('the shippers', () => {
  it('are the five of the page', () => {
    expect(files).toEqual([
      'filebeat.yml',
      'fluent-bit.yaml',
      'otel-collector.yaml',
      'rsyslog.conf',
      'vector.yaml',
    ]);
    const page = readFileSync('docs/shippers.md', 'utf8');
    for (const file of files) expect(page).toContain(`](../${folder}/${file})`);
  });

  it('all read the same log and write to the same topic of the same broker', () => {
    for (const file of files) {
      expect(text(file), file).toContain('/var/log/gateway/access.log');
      expect(text(file), file).toContain('kafka:9092');
      expect(text(file), file).toContain('gateway-access');
    }
  });

  it('hold no secret: a name or a password only ever by the environment, and only in a comment', () => {
    for (const file of files) {
      for (const line of text(file)
        .split('\n')
        .filter((one) => /(username|password)\s*[:=]/.test(one))) {
        expect(line.trimStart(), file).toMatch(/^#/);
        expect(line, file).toMatch(/\$\{(env:)?KAFKA_(USERNAME|PASSWORD)\}/);
      }
    }
  });

  it('wait for all replicas and keep on disk what the broker does not take', () => {
    expect(yaml('vector.yaml')).toMatchObject({
      acknowledgements: { enabled: true },
      sinks: { kafka: { buffer: { type: 'disk', when_full: 'block' }, librdkafka_options: { acks: 'all' } } },
    });
    expect(yaml('fluent-bit.yaml')['pipeline']).toMatchObject({
      inputs: [{ 'storage.type': 'filesystem' }],
      outputs: [{ 'rdkafka.request.required.acks': -1, retry_limit: 'no_limits', queue_full_retries: 0 }],
    });
    expect(yaml('filebeat.yml')).toMatchObject({
      'queue.disk': { max_size: '1GB' },
      'output.kafka': { required_acks: -1 },
    });
    expect(yaml('otel-collector.yaml')).toMatchObject({
      receivers: { filelog: { storage: 'file_storage', retry_on_failure: { enabled: true } } },
      exporters: {
        kafka: { producer: { required_acks: -1 }, sending_queue: { enabled: true, storage: 'file_storage' } },
      },
    });
    expect(text('rsyslog.conf')).toContain('request.required.acks=-1');
    expect(text('rsyslog.conf')).toContain('keepFailedMessages="on"');
  });
});

describe('what a shipper puts around a line', () => {
  const line =
    '{"time":"1767600000.250","request_id":"r1","client_ip":"198.51.100.7","method":"GET","path":"/orders/7","status":"200","bytes_out":"12","duration_s":"0.050","user_agent":"a \\"b\\"","credential_id":"billing"}';
  const messages: readonly (readonly [shipper: string, message: string])[] = [
    ['rsyslog and Vector', line],
    ['Fluent Bit', JSON.stringify({ '@timestamp': '2026-01-05T08:00:00.000Z', log: line })],
    [
      'Filebeat',
      JSON.stringify({
        '@timestamp': '2026-01-05T08:00:00.000Z',
        '@metadata': { beat: 'filebeat', type: '_doc', version: '8.17.0' },
        log: { offset: 0, file: { path: '/var/log/gateway/access.log' } },
        message: line,
        input: { type: 'filestream' },
        ecs: { version: '8.0.0' },
        host: { name: 'gateway-1' },
        agent: { type: 'filebeat', version: '8.17.0' },
      }),
    ],
    [
      'the OpenTelemetry Collector',
      JSON.stringify({
        resourceLogs: [
          {
            resource: {},
            scopeLogs: [
              {
                scope: {},
                logRecords: [
                  {
                    observedTimeUnixNano: '1767600001000000000',
                    body: { stringValue: line },
                    attributes: [{ key: 'log.file.name', value: { stringValue: 'access.log' } }],
                  },
                ],
              },
            ],
          },
        ],
      }),
    ],
  ];
  for (const [shipper, message] of messages) {
    it(`${shipper}: gives the event of the line itself`, () => {
      expect(one(message)).toMatchObject({
        gatewayType: 'nginx',
        timestampMs: 1_767_600_000_200,
        credentialId: 'billing',
        userAgent: 'a "b"',
        route: 'GET /orders/{int}',
      });
    });
  }
});

describeWith(['rsyslogd'], 'deploy/shippers/rsyslog.conf', () => {
  it('passes rsyslogd -N1', () => {
    expect(runProgram('rsyslogd', ['-N1', '-f', join(folder, 'rsyslog.conf')])).toContain('End of config');
  });
});
