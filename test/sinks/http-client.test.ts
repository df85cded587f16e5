import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { httpAuthOptions } from '../../schemas/config/http-auth.ts';
import { httpTarget, post } from '../../src/sinks/http-client.ts';
import { backoffMs } from '../../src/sinks/retry.ts';
import { describeWith, runProgram } from '../support/real-program.ts';

const never = new AbortController().signal;
const auth = z.strictObject(httpAuthOptions);

describeWith(['openssl'], 'post() over TLS', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bearerwatch-tls-'));
  const path = (name: string) => join(folder, name);
  let server: Server | undefined;

  /** A certificate that is its own authority. */
  function certificate(name: string): void {
    runProgram('openssl', [
      ...'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2'.split(' '),
      ...['-keyout', path(`${name}.key`), '-out', path(`${name}.pem`), '-subj', `/CN=${name}`],
      ...['-addext', 'subjectAltName=IP:127.0.0.1'],
    ]);
  }

  async function start(): Promise<string> {
    server = createServer(
      {
        key: readFileSync(path('server.key')),
        cert: readFileSync(path('server.pem')),
        ca: readFileSync(path('client.pem')),
        requestCert: true,
        rejectUnauthorized: false,
      },
      (request, response) => response.end(String((request.socket as TLSSocket).authorized)),
    );
    await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
    return `https://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  }

  beforeAll(() => {
    certificate('server');
    certificate('client');
  });
  afterEach(async () => {
    server?.closeAllConnections();
    await new Promise((resolve) => server?.close(resolve));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('trusts the configured authority and shows the client certificate', async () => {
    const tls = { caFile: path('server.pem'), certFile: path('client.pem'), keyFile: path('client.key') };
    const target = httpTarget(await start(), auth.parse({ tls }), 5000, 'webhook');
    expect(await post(target, '{}', {}, never)).toMatchObject({ status: 200, text: 'true' });
  });

  it('trusts no other certificate', async () => {
    const target = httpTarget(await start(), auth.parse({}), 5000, 'webhook');
    await expect(post(target, '{}', {}, never)).rejects.toThrow(/self-signed/);
  });
});

describe('httpTarget()', () => {
  it.each([
    [
      { user: 'u', password: 'p', bearerToken: 't' },
      'webhook: both a user and a bearer token are given; keep one',
    ],
    [{ tls: { keyFile: '/k' } }, 'webhook.tls: certFile and keyFile belong together; one of them is missing'],
    [{ bearerTokenFile: '/nowhere/t' }, 'webhook.bearerTokenFile: cannot read /nowhere/t (ENOENT)'],
  ])('refuses %j with one clear line', (options, message) => {
    expect(() => httpTarget('http://127.0.0.1/', auth.parse(options), 1000, 'webhook')).toThrow(message);
  });
});

describe('backoffMs()', () => {
  it('doubles up to the maximum, spread over the upper half', () => {
    const backoff = { firstMs: 100, maxMs: 1000 };
    const least = [0, 1, 2, 3, 4, 40].map((attempt) => backoffMs(backoff, attempt, () => 0));
    const most = [0, 1, 2, 3, 4, 40].map((attempt) => backoffMs(backoff, attempt, () => 1));
    expect(least).toEqual([50, 100, 200, 400, 500, 500]);
    expect(most).toEqual([100, 200, 400, 800, 1000, 1000]);
  });
});
