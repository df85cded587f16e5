import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { describeWith, runProgram } from '../support/real-program.ts';
import { apiClient, issueToken } from './harness/api-client.ts';
import { envoyProgram, type Gateway, startGateway } from './harness/envoy.ts';
import { type Service, startService } from './harness/service.ts';

interface ServedAlert {
  readonly family: string;
  readonly detectors: readonly string[];
  readonly credential: { readonly id: string; readonly gateway: string };
  readonly evidence: readonly { readonly text: string }[];
}

describeWith(['openssl', ...envoyProgram.needed], 'run, on the log of a real Envoy with JWT and TLS', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bearerwatch-gateway-'));
  const generated = join(folder, 'generated');
  let gateway: Gateway;
  let service: Service;
  let stolen = '';
  let lines: string[] = [];

  const logged = () => readFileSync(gateway.accessLog, 'utf8').split('\n').filter(Boolean);
  const alerts = async () =>
    ((await (await fetch(`${service.url}/api/v1/alerts`)).json()) as { alerts: ServedAlert[] }).alerts;

  beforeAll(async () => {
    runProgram('sh', ['deploy/compose/setup.sh', generated]);
    gateway = await startGateway(folder);
    const owner = apiClient(gateway.url, generated, {
      address: '198.51.100.20',
      userAgent: 'order-sync/2.4',
    });
    const other = apiClient(gateway.url, generated, {
      address: '192.0.2.30',
      userAgent: 'billing/1.9',
    });
    const thief = apiClient(gateway.url, generated, {
      address: '203.0.113.77',
      userAgent: 'python-requests/2.32',
      maxVersion: 'TLSv1.2',
      ciphers: 'ECDHE-RSA-AES256-GCM-SHA384',
    });
    stolen = await issueToken(generated, 'order-sync');
    const untouched = await issueToken(generated, 'billing');
    let calls = 0;
    const expectOk = async (answer: Promise<number>) => {
      calls++;
      expect(await answer).toBe(200);
    };
    for (let n = 0; n < 120; n++) {
      await expectOk(owner.call(n % 10 === 0 ? '/orders' : `/orders/${1 + ((n * 7) % 20)}`, stolen));
      await expectOk(other.call('/orders', untouched));
    }
    // The engine counts in whole seconds: of two places first seen in one second neither is the newer.
    await sleep(1_100);
    // Both at once: nobody has moved, so one of them is not the owner.
    for (let n = 0; n < 30; n++) {
      await expectOk(thief.call(`/orders/${1 + ((n * 11) % 20)}`, stolen));
      await expectOk(owner.call(`/orders/${1 + ((n * 7) % 20)}`, stolen));
      await sleep(20);
    }
    expect(await thief.call('/orders', undefined)).toBe(401);
    expect(await thief.call('/orders', `${stolen.slice(0, -8)}AAAAAAAA`)).toBe(401);
    calls += 2;
    await vi.waitFor(() => expect(logged()).toHaveLength(calls), { timeout: 40_000, interval: 200 });
    lines = logged();
    service = await startService({
      folder: join(folder, 'service'),
      args: ['-'],
      config: { stdout: { format: 'json' } },
    });
    await service.ready();
    await service.write(`${lines.join('\n')}\n`);
    for (const client of [owner, other, thief]) client.close();
  }, 120_000);

  afterAll(async () => {
    await service.stop();
    await gateway.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('logs the claims, the trusted address and two JA4 fingerprints, and never the token', () => {
    const parsed = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    const ofToken = parsed.filter((line) => line['jwt_sub'] === 'order-sync');
    expect(new Set(ofToken.map((line) => String(line['downstream_remote_address']).split(':')[0]))).toEqual(
      new Set(['198.51.100.20', '203.0.113.77']),
    );
    const fingerprints = new Set(ofToken.map((line) => line['ja4']));
    expect(fingerprints.size).toBe(2);
    for (const ja4 of fingerprints)
      expect(ja4).toMatch(/^t1[23][di]\d{4}[a-z0-9]{2}_[0-9a-f]{12}_[0-9a-f]{12}$/);
    expect(new Set(ofToken.map((line) => line['jwt_jti'])).size).toBe(1);
    for (const part of stolen.split('.')) for (const line of lines) expect(line).not.toContain(part);
  });

  it('raises the replay alert for that token, and nothing for the client beside it', async () => {
    await vi.waitFor(async () => expect((await alerts()).length).toBeGreaterThan(0), {
      timeout: 60_000,
      interval: 200,
    });
    await vi.waitFor(
      async () =>
        expect(await service.metric('bearerwatch_events_total', { format: 'envoy' })).toBe(lines.length),
      { timeout: 30_000, interval: 200 },
    );
    expect(await service.metric('bearerwatch_decode_failures_total')).toBe(0);
    const raised = await alerts();
    expect(raised.map(({ credential }) => credential.id).filter((id) => !id.includes('order-sync'))).toEqual(
      [],
    );
    const replay = raised.find(({ family }) => family === 'replay');
    expect(replay?.detectors, JSON.stringify(raised)).toContain('parallel-use');
    expect(replay?.credential.gateway).toBe('envoy');
  }, 120_000);
});
