import { afterEach, describe, expect, it } from 'vitest';
import { serverConfig } from '../../schemas/config/server.ts';
import type { AlertStore } from '../../src/alerting/alert-store.ts';
import { createRecentAlerts } from '../../src/alerting/recent-alerts.ts';
import { createMetrics } from '../../src/server/metrics.ts';
import { buildServer, type ServerParts, startServer } from '../../src/server/server.ts';
import { alertByFamily, alertFixtures, hostileAlert, resolved } from '../fixtures/alerts.ts';

const token = 'a-long-enough-token-for-tests';
const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) await server.close();
});

function parts(more: Partial<ServerParts> = {}): ServerParts {
  const alerts = createRecentAlerts();
  alerts.add([...alertFixtures, hostileAlert()]);
  return {
    metrics: createMetrics({
      version: '0.1.0',
      formats: [],
      detectors: [],
      source: 'kafka',
      processMetrics: false,
    }),
    alerts,
    version: '0.1.0',
    simulated: false,
    problems: () => [],
    notReady: () => [],
    coverage: () => [{ detector: 'parallel-use', ratio: 0.5 }],
    refresh: () => {},
    onError: () => {},
    ...more,
  };
}

function server(config: Record<string, unknown> = {}, more: Partial<ServerParts> = {}) {
  const app = buildServer(serverConfig.parse(config), parts(more));
  open.push(app);
  return (url: string, headers: Record<string, string> = {}) =>
    app.inject({ url, headers: { host: 'localhost:9711', ...headers } });
}

describe('health', () => {
  it('is 200 when all is well and 503 with the reasons when not', async () => {
    expect((await server()('/healthz')).json()).toEqual({ status: 'healthy', reasons: [], version: '0.1.0' });
    const bad = await server({}, { problems: () => ['ClickHouse at x: the disk is full'] })('/healthz');
    expect([bad.statusCode, bad.json().reasons]).toEqual([503, ['ClickHouse at x: the disk is full']]);
    const starting = await server({}, { notReady: () => ['state is being restored'] })('/readyz');
    expect([starting.statusCode, starting.json().status]).toEqual([503, 'not ready']);
  });

  it('answers probes without a token, but keeps the reasons to itself', async () => {
    const get = server({ host: '0.0.0.0', token }, { problems: () => ['ClickHouse at secret-host is down'] });
    const probe = await get('/healthz', { host: 'pod:9711' });
    expect([probe.statusCode, probe.body]).toEqual([503, '{"status":"unhealthy"}']);
    expect((await get('/healthz', { authorization: `Bearer ${token}` })).body).toContain('secret-host');
  });
});

describe('/metrics', () => {
  it('gives the form the scraper asks for', async () => {
    const get = server();
    const plain = await get('/metrics');
    expect(plain.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
    const openMetrics = await get('/metrics', { accept: 'application/openmetrics-text; version=1.0.0' });
    expect(openMetrics.headers['content-type']).toBe(
      'application/openmetrics-text; version=1.0.0; charset=utf-8',
    );
    expect(openMetrics.body.endsWith('# EOF\n')).toBe(true);
  });
});

describe('API', () => {
  it('lists alerts by state, family, time and number', async () => {
    const get = server();
    const ids = async (url: string) => (await get(url)).json().alerts.map(({ id }: { id: string }) => id);
    expect((await ids('/api/v1/alerts')).length).toBe(5);
    expect(await ids('/api/v1/alerts?state=resolved')).toEqual([alertByFamily['out-of-pattern'].id]);
    expect(await ids('/api/v1/alerts?family=lifecycle&limit=1&since=2026-03-03T00:00:00Z')).toEqual([
      alertByFamily.lifecycle.id,
    ]);
    expect(await ids('/api/v1/alerts?since=1893456000000')).toEqual([]);
  });

  it.each(['state=open', 'limit=0', 'limit=100000', 'since=yesterday', 'stat=firing'])(
    'refuses ?%s',
    async (query) => {
      const answer = await server()(`/api/v1/alerts?${query}`);
      expect(answer.statusCode).toBe(400);
      expect(answer.json().error).toContain(query.split('=')[0]);
    },
  );

  it('gives one alert by the start of its id, 404 for none and 409 for several', async () => {
    const alerts = createRecentAlerts();
    alerts.add([
      alertByFamily.replay,
      { ...alertByFamily.replay, id: 'a1zz' },
      resolved(alertByFamily.scraping),
    ]);
    const get = server({}, { alerts });
    expect((await get('/api/v1/alerts/b7c9')).json()).toEqual(resolved(alertByFamily.scraping));
    expect((await get('/api/v1/alerts/nope')).statusCode).toBe(404);
    const several = await get('/api/v1/alerts/a1');
    expect([several.statusCode, several.json().error]).toEqual([409, expect.stringContaining('a1zz')]);
  });

  it('says 503 and nothing of the inside when alerts cannot be read', async () => {
    const errors: unknown[] = [];
    const broken: AlertStore = {
      findAlert: () => Promise.reject(new Error('SELECT … at internal-host')),
      listAlerts: () => Promise.reject(new Error('SELECT … at internal-host')),
    };
    const get = server({}, { alerts: broken, onError: (error) => errors.push(error) });
    const answer = await get('/api/v1/alerts');
    expect(answer.statusCode).toBe(503);
    expect(answer.body).not.toContain('internal-host');
    expect(errors.length).toBe(1);
  });

  it('gives the coverage of the detectors', async () => {
    expect((await server()('/api/v1/coverage')).json()).toEqual({
      coverage: [{ detector: 'parallel-use', ratio: 0.5 }],
    });
  });
});

describe('pages', () => {
  it('list what is open and link to each alert as explain tells it', async () => {
    const get = server();
    const { body } = await get('/');
    expect(body).toContain('href="/alerts/a1f0c2d39b7e4c55"');
    expect(body).not.toContain(alertByFamily['out-of-pattern'].id);
    expect((await get('/alerts/a1f0c2d39b7e4c55')).body).toContain('What to do');
  });

  it('mark simulated alerts, and say so on every page of a simulation', async () => {
    const get = server({}, { simulated: true });
    expect((await get('/')).body).toContain('[simulated]');
    for (const url of ['/', `/alerts/${alertByFamily.lifecycle.id}`]) {
      expect((await get(url)).body).toContain('no incident here is real');
    }
  });

  it('escape everything a log line may hold and load nothing from elsewhere', async () => {
    const get = server();
    for (const url of ['/', `/alerts/${hostileAlert().id}`]) {
      const { body, headers } = await get(url);
      for (const unsafe of ['<script', '\u001b', '\u202e', '\u0007']) expect(body).not.toContain(unsafe);
      expect(body).toContain('&lt;script&gt;');
      expect(body).not.toMatch(/(src|href)="?(javascript|https?):/);
      expect(headers['content-security-policy']).toContain("default-src 'none'");
      expect(headers['x-content-type-options']).toBe('nosniff');
    }
  });

  it('show a message, escaped, where there is no such alert', async () => {
    const answer = await server()('/alerts/%3Cscript%3E');
    expect(answer.statusCode).toBe(404);
    expect(answer.body).not.toContain('<script');
  });
});

describe('access', () => {
  it('refuses to listen beyond loopback without a token', () => {
    for (const host of ['0.0.0.0', '::', '192.0.2.1', 'bearerwatch.example']) {
      expect(() => buildServer(serverConfig.parse({ host }), parts())).toThrow(
        /set server\.tokenFile or listen on 127/,
      );
    }
  });

  it.each(['/', '/metrics', '/api/v1/alerts', '/alerts/x', '/style.css', '/nothing'])(
    'asks for the token at %s',
    async (url) => {
      const get = server({ host: '0.0.0.0', token });
      expect((await get(url)).statusCode).toBe(401);
      expect((await get(url, { authorization: 'Bearer wrong' })).statusCode).toBe(401);
      expect((await get(url, { authorization: 'Basic !!!' })).statusCode).toBe(401);
      expect((await get(url, { authorization: `Bearer ${token}` })).statusCode).not.toBe(401);
      const basic = Buffer.from(`anyone:${token}`).toString('base64');
      expect((await get(url, { authorization: `Basic ${basic}` })).statusCode).not.toBe(401);
    },
  );

  it('serves metrics without the token when told so', async () => {
    const get = server({ host: '0.0.0.0', token, openMetrics: true });
    expect((await get('/metrics')).statusCode).toBe(200);
    expect((await get('/api/v1/alerts')).statusCode).toBe(401);
  });

  it('answers on loopback only under a local name', async () => {
    const get = server();
    expect((await get('/', { host: 'attacker.example' })).statusCode).toBe(403);
    expect((await get('/', { host: '127.0.0.1.attacker.example' })).statusCode).toBe(403);
    for (const host of ['localhost', '127.0.0.1:9711', '[::1]:9711']) {
      expect((await get('/', { host })).statusCode).toBe(200);
    }
  });
});

describe('startServer()', () => {
  it('listens, and says which port is taken', async () => {
    const first = await startServer(serverConfig.parse({ port: 0 }), parts());
    open.push(first);
    expect((await fetch(`${first.url}/healthz`)).status).toBe(200);
    const port = Number(new URL(first.url).port);
    await expect(startServer(serverConfig.parse({ port }), parts())).rejects.toThrow(
      `server: port ${port} on 127.0.0.1 is taken; choose another server.port`,
    );
  });
});
