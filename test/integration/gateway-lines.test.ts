import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { UsageEvent } from '../../schemas/usage-event.ts';
import { decode, jwt } from '../decode/decoding.ts';
import { describeWith } from '../support/real-program.ts';
import {
  knownKey,
  login,
  newCaddy,
  type PlainGateway,
  startCaddy,
  startHaproxy,
  startNginx,
} from './harness/plain-gateways.ts';

const token = jwt({ iss: 'https://issuer.example', sub: 'svc-orders', azp: 'orders', jti: 'jti-1' });
const odd = Buffer.concat([Buffer.from('odd "quote" back\\slash ] ü '), Buffer.of(0xff), Buffer.from(' {}')]);
const basic = (password: string) => Buffer.from(`${login.user}:${password}`).toString('base64');

/** By path, so that a test names the call it looks at. */
const calls: readonly (readonly [path: string, headers: Readonly<Record<string, string | Buffer>>])[] = [
  ['/key/1?page=2', { 'X-Api-Key': knownKey }],
  ['/bearer/1', { Authorization: `Bearer ${token}` }],
  ['/basic/1', { Authorization: `Basic ${basic(login.password)}` }],
  ['/basic/2', { Authorization: `Basic ${basic('a-wrong-pass-phrase')}` }],
  ['/query?api_key=query-secret-123456&page=3', {}],
  ['/denied', { Authorization: `Bearer ${token}` }],
  ['/odd/%22%5D/x', { 'User-Agent': odd, 'X-Api-Key': knownKey }],
  ['/forged', { 'X-Credential-Id': 'somebody-else' }],
];
const secrets = [knownKey, ...token.split('.'), basic(login.password), login.password, 'query-secret-123456'];

/** Byte by byte, for no client library sends what an attacker sends. */
function send(
  port: number,
  path: string,
  headers: Readonly<Record<string, string | Buffer>>,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => {
      const all = { 'User-Agent': 'check/1.0', ...headers };
      socket.write(`GET ${path} HTTP/1.1\r\nHost: api.example.com\r\nConnection: close\r\n`);
      for (const [name, value] of Object.entries(all)) {
        socket.write(`${name}: `);
        socket.write(value);
        socket.write('\r\n');
      }
      socket.write('\r\n');
    });
    let answer = '';
    socket.on('data', (chunk: Buffer) => {
      answer += chunk.toString('latin1');
    });
    socket.on('close', () => resolve(answer.slice(9, 12)));
    socket.on('error', reject);
  });
}

/** Sends all calls and waits for `logged` lines. Gives the events by their path. */
async function eventsOf(
  { port, output }: PlainGateway,
  lines: () => string[],
  logged: number,
): Promise<Map<string, UsageEvent>> {
  for (const [path, headers] of calls) expect(await send(port, path, headers)).toMatch(/^[245]/);
  await vi.waitFor(() => expect(lines().length, output()).toBe(logged), { timeout: 40_000, interval: 100 });
  const { events, refused } = decode(Buffer.from(lines().join('\n'), 'latin1'));
  expect(refused).toEqual([]);
  return new Map(events.map((event) => [event.path ?? '', event]));
}

const folder = mkdtempSync(join(tmpdir(), 'bearerwatch-lines-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describeWith(['nginx', 'openssl'], "NGINX with the format's snippet", () => {
  let gateway: Awaited<ReturnType<typeof startNginx>>;
  let events: Map<string, UsageEvent>;
  beforeAll(async () => {
    gateway = await startNginx(join(folder, 'nginx'));
    events = await eventsOf(gateway, gateway.lines, calls.length);
  }, 30_000);
  afterAll(() => gateway.stop());

  it('names the owner of a key by the table', () => {
    expect(events.get('/key/1')).toMatchObject({
      gatewayType: 'nginx',
      credentialId: 'client-1',
      credentialType: 'api_key',
      credentialSource: 'gateway_id',
      route: 'GET /key/{int}',
      status: 200,
      host: 'api.example.com',
      clientAddress: '127.0.0.1',
      userAgent: 'check/1.0',
    });
  });

  it('tells users of a basic login apart, and believes no name that was refused', () => {
    expect(events.get('/basic/1')).toMatchObject({ credentialId: `user:${login.user}`, status: 200 });
    expect(events.get('/basic/2')?.status).toBe(401);
    expect(events.get('/basic/2')?.credentialId).not.toBe(`user:${login.user}`);
  });

  it('leaves a bearer token and a key in the URL unseen: the address stands in', () => {
    for (const path of ['/bearer/1', '/query', '/denied', '/forged'])
      expect(events.get(path), path).toMatchObject({
        credentialId: 'anon:127.0.0.1',
        credentialSource: 'network',
      });
  });

  it('hides no call behind odd bytes', () => {
    expect([...events.values()].find(({ path }) => path?.startsWith('/odd'))).toMatchObject({
      credentialId: 'client-1',
      userAgent: 'odd "quote" back\\slash ] ü \ufffd {}',
    });
  });

  it('writes no secret', () => {
    for (const secret of secrets) expect(gateway.lines().join('\n')).not.toContain(secret);
  });

  it('is read in its combined format too, where only the basic login and the URL name anybody', () => {
    const lines = gateway.combined().filter((line) => !line.includes(' /up '));
    const { events: read, refused } = decode(Buffer.from(lines.join('\n'), 'latin1'));
    expect(refused).toEqual([]);
    const found = read.map(({ gatewayType, credentialSource, status }) => [
      gatewayType,
      credentialSource,
      status,
    ]);
    expect(found).toEqual([
      ['nginx-combined', 'network', 200],
      ['nginx-combined', 'network', 200],
      ['nginx-combined', 'gateway_id', 200],
      ['nginx-combined', 'gateway_id', 401],
      ['nginx-combined', 'hashed_query', 200],
      ['nginx-combined', 'network', 401],
      ['nginx-combined', 'network', 200],
      ['nginx-combined', 'network', 200],
    ]);
    expect(read[6]?.userAgent).toBe('odd "quote" back\\slash ] ü \ufffd {}');
    expect(read[3]?.credentialId).toMatch(/^unverified:/);
  });
});

describeWith(['haproxy'], "HAProxy with the format's snippet", () => {
  let gateway: PlainGateway;
  let events: Map<string, UsageEvent>;
  beforeAll(async () => {
    gateway = await startHaproxy(join(folder, 'haproxy'));
    events = await eventsOf(gateway, gateway.lines, calls.length);
  }, 30_000);
  afterAll(() => gateway.stop());

  it('names a key by its keyed hash, the same for each call', () => {
    expect(events.get('/key/1')).toMatchObject({
      gatewayType: 'haproxy',
      credentialId: expect.stringMatching(/^[0-9A-F]{64}$/),
      credentialType: 'api_key',
      credentialSource: 'gateway_id',
      route: 'GET /key/{int}',
      host: 'api.example.com',
      userAgent: 'check/1.0',
      httpRequestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    const other = [...events.values()].find(({ path }) => path?.startsWith('/odd'));
    expect(other?.credentialId).toBe(events.get('/key/1')?.credentialId);
    expect(other?.userAgent).toMatch(/^odd "quote" back\\slash \] ü/);
  });

  it('names a token by its claims, and on a refused call believes none of them', () => {
    expect(events.get('/bearer/1')).toMatchObject({
      credentialId: 'https://issuer.example|orders|svc-orders',
      credentialType: 'jwt',
      tokenId: 'jti-1',
    });
    expect(events.get('/denied')).toMatchObject({
      status: 401,
      credentialId: expect.stringMatching(/^unverified:/),
      tokenId: expect.stringMatching(/^unverified:/),
    });
  });

  it('leaves a basic login, a key in the URL and a header of the caller unseen', () => {
    for (const path of ['/basic/1', '/query', '/forged'])
      expect(events.get(path), path).toMatchObject({ credentialSource: 'network' });
  });

  it('dates the call to the millisecond', () => {
    const age = Date.now() - (events.get('/key/1')?.timestampMs ?? 0);
    expect(age).toBeGreaterThanOrEqual(0);
    expect(age).toBeLessThan(30_000);
  });

  it('writes no secret', () => {
    for (const secret of secrets) expect(gateway.lines().join('\n')).not.toContain(secret);
  });
});

describeWith(['haproxy'], 'HAProxy with option httplog', () => {
  it('is read, with the address for the caller and the key in the URL hashed', async () => {
    const gateway = await startHaproxy(join(folder, 'haproxy-text'), { text: true });
    try {
      const events = await eventsOf(gateway, gateway.lines, calls.length);
      expect(events.get('/key/1')).toMatchObject({
        gatewayType: 'haproxy-text',
        credentialSource: 'network',
      });
      expect(events.get('/query')).toMatchObject({ credentialSource: 'hashed_query' });
    } finally {
      await gateway.stop();
    }
  }, 30_000);
});

function caddySuite(start: (to: string) => Promise<PlainGateway>, keyOwner: string | null): void {
  let gateway: PlainGateway;
  let events: Map<string, UsageEvent>;
  beforeAll(async () => {
    gateway = await start(mkdtempSync(join(folder, 'caddy-')));
    events = await eventsOf(gateway, gateway.lines, calls.length);
  }, 40_000);
  afterAll(() => gateway.stop());

  it('names the user of a basic login, and nobody when it is refused', () => {
    expect(events.get('/basic/1')).toMatchObject({
      gatewayType: 'caddy',
      credentialId: `user:${login.user}`,
      status: 200,
      host: 'api.example.com',
      userAgent: 'check/1.0',
    });
    expect(events.get('/basic/2')).toMatchObject({ credentialSource: 'network', status: 401 });
  });

  it(keyOwner === null ? 'sees no key' : 'names the owner of a key by the table', () => {
    expect(events.get('/key/1')).toMatchObject(
      keyOwner === null
        ? { credentialSource: 'network' }
        : { credentialId: keyOwner, credentialSource: 'gateway_id', credentialType: 'api_key' },
    );
  });

  it('takes no header of the caller for his name', () => {
    for (const path of ['/forged', '/bearer/1', '/query', '/denied'])
      expect(events.get(path), path).toMatchObject({ credentialSource: 'network' });
  });

  it('keeps what the query says and leaves out the key in it', () => {
    expect(events.get('/query')).toMatchObject({ pageNumber: 3, secretQueryKeys: [] });
  });

  it('writes no secret', () => {
    for (const secret of secrets) expect(gateway.lines().join('\n')).not.toContain(secret);
  });
}

describeWith(['caddy'], "Caddy with the format's snippet", () => caddySuite((to) => startCaddy(to), null));

describe.skipIf(!existsSync(newCaddy))("Caddy 2.8 or later with the snippet's part for keys", () =>
  caddySuite((to) => startCaddy(to, { program: newCaddy, withKeys: true }), 'client-1'),
);
