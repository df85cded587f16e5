import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { describeWith, type Program, runProgram, startProgram } from '../support/real-program.ts';
import { apiClient, issueToken } from './harness/api-client.ts';
import { envoyProgram, type Gateway, startGateway } from './harness/envoy.ts';
import { type Broker, kafkaBroker, kafkaProgram } from './harness/kafka-broker.ts';
import { knownKey, startNginx } from './harness/plain-gateways.ts';
import { type Service, startService } from './harness/service.ts';

interface ServedAlert {
  readonly detectors: readonly string[];
  readonly credential: { readonly id: string; readonly gateway: string };
}

const needed = ['nginx', 'openssl', 'rsyslogd', ...envoyProgram.needed, ...kafkaProgram.needed];

/** Ids in no order: whoever walks along them is a scraper, which is another story. */
const orders = [7, 3, 18, 11, 2, 15, 9, 20, 5, 13, 1, 17, 10, 4, 19, 8, 14, 6, 16, 12];

/** One caller of NGINX: the address is the one that a load balancer in front would have noted. */
async function callNginx(port: number, address: string, agent: string, path: string): Promise<number> {
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
    headers: { 'x-api-key': knownKey, 'x-forwarded-for': address, 'user-agent': agent },
  });
  await answer.arrayBuffer();
  return answer.status;
}

const owner = { address: '198.51.100.20', userAgent: 'order-sync/2.4' };
const other = { address: '203.0.113.77', userAgent: 'python-requests/2.32' };
const historyDays = 6;
const historyStepMs = 240_000;

/** The owner's real lines, again and again at earlier times: a habit nobody can wait for in a test. */
function historyOf(envoyLog: string, nginxLines: readonly string[]): string[] {
  const envoyLines = envoyLog.split('\n').filter(Boolean);
  const lines: string[] = [];
  const startMs = Date.now() - historyDays * 86_400_000;
  for (let n = 0; startMs + n * historyStepMs < Date.now() - 600_000; n++) {
    const atMs = startMs + n * historyStepMs + ((n * 37) % 90) * 1000;
    const envoyLine = JSON.parse(envoyLines[n % envoyLines.length] ?? '{}') as object;
    const nginxLine = JSON.parse(nginxLines[n % nginxLines.length] ?? '{}') as object;
    lines.push(
      JSON.stringify({ ...envoyLine, start_time: new Date(atMs).toISOString(), request_id: `past-e${n}` }),
      JSON.stringify({ ...nginxLine, time: (atMs / 1000).toFixed(3), request_id: `past-n${n}` }),
    );
  }
  return lines;
}

describeWith(needed, 'gateways → rsyslog → Kafka → run, all of them real', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bearerwatch-chain-'));
  const generated = join(folder, 'envoy/generated');
  let broker: Broker;
  let rsyslog: Program;
  let service: Service;
  let nginx: Awaited<ReturnType<typeof startNginx>>;
  let envoy: Gateway;
  let token = '';
  let past = 0;
  let calls = 0;
  const alerts = async () =>
    ((await (await fetch(`${service.url}/api/v1/alerts`)).json()) as { alerts: ServedAlert[] }).alerts;

  beforeAll(async () => {
    broker = await kafkaBroker();
    await broker.start();
    await broker.createTopic('gateway-access', 3);
    nginx = await startNginx(join(folder, 'nginx'));
    runProgram('sh', ['deploy/compose/setup.sh', generated]);
    envoy = await startGateway(join(folder, 'envoy'));
    mkdirSync(join(folder, 'spool'));
    writeFileSync(
      join(folder, 'rsyslog.conf'),
      readFileSync('deploy/shippers/rsyslog.conf', 'utf8')
        .replace('/var/log/gateway/access.log', `${folder}/*/access.log`)
        .replaceAll('/var/spool/rsyslog', join(folder, 'spool'))
        .replace('kafka:9092', broker.address),
    );
    service = await startService({
      folder: join(folder, 'service'),
      config: {
        source: { kafka: { brokers: [broker.address], topics: ['gateway-access'], from: 'earliest' } },
        decode: { trustedProxies: ['127.0.0.1'] },
        // Two credentials and a caller without one: ten alerts a day would be asked of noise.
        alerts: { perDay: 1 },
      },
    });
    await service.ready();
    token = await issueToken(generated, 'order-sync');
    await owners(20);
    const history = historyOf(readFileSync(envoy.accessLog, 'utf8'), nginx.lines());
    mkdirSync(join(folder, 'past'));
    writeFileSync(join(folder, 'past/access.log'), `${history.join('\n')}\n`);
    rsyslog = startProgram('rsyslogd', [
      '-n',
      '-f',
      join(folder, 'rsyslog.conf'),
      '-i',
      join(folder, 'rsyslog.pid'),
    ]);
    past = history.length;
    await arrived(past);
    await steal();
  }, 240_000);

  afterAll(async () => {
    for (const part of [service, rsyslog, envoy, nginx]) await part?.stop();
    await broker?.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  /** The owner of a token at one gateway and of a key at the other. */
  async function owners(many: number, then: (n: number) => Promise<void> = async () => {}): Promise<void> {
    const client = apiClient(envoy.url, generated, owner);
    for (let n = 0; n < many; n++) {
      const path = `/orders/${orders[n % orders.length]}`;
      const mine = [client.call(path, token), callNginx(nginx.port, owner.address, owner.userAgent, path)];
      expect(await Promise.all(mine)).toEqual([200, 200]);
      calls += 2;
      await then(n);
    }
    client.close();
    await vi.waitFor(
      () => expect(readFileSync(envoy.accessLog, 'utf8').split('\n').length).toBeGreaterThan(calls / 2),
      { timeout: 40_000, interval: 200 },
    );
  }

  /** Somebody else has both, and uses them beside the owner. */
  async function steal(): Promise<void> {
    const thief = apiClient(envoy.url, generated, {
      ...other,
      maxVersion: 'TLSv1.2',
      ciphers: 'ECDHE-RSA-AES256-GCM-SHA384',
    });
    await owners(60, async (n) => {
      const path = `/orders/${100 + n}`;
      const his = [thief.call(path, token), callNginx(nginx.port, other.address, other.userAgent, path)];
      expect(await Promise.all(his)).toEqual([200, 200]);
      calls += 2;
    });
    thief.close();
  }

  async function arrived(many: number): Promise<void> {
    await vi.waitFor(
      async () =>
        expect(await service.metric('bearerwatch_events_total'), rsyslog.output()).toBeGreaterThanOrEqual(
          many,
        ),
      { timeout: 90_000, interval: 300 },
    );
  }

  it('brings every call of both gateways to the service, none refused', async () => {
    await arrived(past + calls);
    expect(await service.metric('bearerwatch_decode_failures_total')).toBe(0);
  }, 70_000);

  /** Which of them speaks first depends on how the calls fell together. */
  const ofStrangers = new Set(['new-context', 'parallel-use', 'many-workloads']);

  /**
   * Whoever is alerted about for turning up where, or as what, he never was. One alert a day is asked of
   * three callers: what else is alerted about, such as the haste of the test, is noise.
   */
  const strangers = async () =>
    (await alerts())
      .filter(({ detectors }) => detectors.some((id) => ofStrangers.has(id)))
      .map(({ credential }) => `${credential.gateway} ${credential.id}`);

  it('raises the alert for the token stolen at one gateway and for the key stolen at the other', async () => {
    await vi.waitFor(
      async () =>
        expect([...new Set(await strangers())].sort()).toEqual([
          'envoy https://issuer.example|order-sync|order-sync',
          'nginx client-1',
        ]),
      { timeout: 40_000, interval: 300 },
    );
  }, 50_000);
});
