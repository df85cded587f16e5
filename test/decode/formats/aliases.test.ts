import { describe, expect, it } from 'vitest';
import { aliases } from '../../../src/decode/formats/aliases.ts';
import { decode, one } from '../decoding.ts';
import { expectHidden, survivesAnything, survivesAnythingWithin } from './hostile-values.ts';
import { expectYields } from './yields.ts';

const endMs = Date.UTC(2026, 0, 5, 10, 0, 0, 250);
const snippet = JSON.parse(aliases.snippet.text) as Record<string, unknown>;

describe('any JSON with the usual names', () => {
  it('reads the line it recommends', () => {
    expect(one(snippet)).toMatchObject({
      gatewayType: 'aliases',
      timestampMs: endMs - 15,
      durationMs: 15,
      credentialId: 'key-1',
      consumerId: 'orders-sync',
      clientAddress: '203.0.113.9',
      route: 'GET /orders/{int}',
      responseBytes: 358,
    });
    expectYields(snippet, [...aliases.yields.byDefault, ...aliases.yields.withSnippet]);
  });

  it.each([
    [
      'a framework of Node',
      {
        level: 30,
        time: endMs,
        req: {
          id: 'r-1',
          method: 'GET',
          url: '/orders/7',
          headers: { 'user-agent': 'cli/1' },
          remoteAddress: '203.0.113.9',
        },
        res: { statusCode: 200 },
        responseTime: '15ms',
      },
    ],
    [
      'camel case',
      {
        eventTime: '2026-01-05T10:00:00.250Z',
        httpMethod: 'GET',
        requestPath: '/orders/7',
        statusCode: '200',
        sourceIp: '203.0.113.9',
        latencyMs: 15,
      },
    ],
    [
      'underscores, in a wrapper',
      {
        '@timestamp': '2026-01-05T10:00:00.250Z',
        log: {
          http_method: 'GET',
          request_uri: '/orders/7',
          response_status: 200,
          client_ip: '203.0.113.9',
          duration: '15ms',
        },
      },
    ],
    [
      'W3C names',
      {
        date_time: null,
        timestamp: '2026-01-05T10:00:00.250Z',
        'cs-method': 'GET',
        'cs-uri-stem': '/orders/7',
        'sc-status': '200',
        'c-ip': '-',
        ip: '203.0.113.9',
        'time-taken': '15ms',
      },
    ],
    [
      'a request line',
      {
        ts: endMs / 1000,
        request: 'GET /orders/7 HTTP/1.1',
        status: 200,
        remote_address: '203.0.113.9',
        elapsed_ms: 15,
      },
    ],
  ])('%s', (_name, line) => {
    expect(one(line)).toMatchObject({
      gatewayType: 'aliases',
      timestampMs: endMs - 15,
      method: 'GET',
      route: 'GET /orders/{int}',
      status: 200,
      clientAddress: '203.0.113.9',
    });
  });

  it('takes the start for the start', () => {
    expect(
      one({ startedAt: '2026-01-05T10:00:00Z', path: '/a', status: 200, durationMs: 90 }).timestampMs,
    ).toBe(Date.UTC(2026, 0, 5, 10));
  });

  it('reads claims, and hashes what may be a secret', () => {
    const line = { time: endMs, method: 'GET', path: '/orders/7', status: 200 };
    expect(one({ ...line, claims: { iss: 'https://idp.example', sub: 'u-1', aud: 'orders' } })).toMatchObject(
      {
        tokenIssuer: 'https://idp.example',
        tokenSubject: 'u-1',
        tokenAudience: ['orders'],
      },
    );
    const raw = {
      ...line,
      'X-Api-Key': 'k3y-0f-somebody-9182',
      authorization: 'Basic dXNlcjpodW50ZXIyLWh1bnRlcjI=',
    };
    expectHidden(raw, ['k3y-0f-somebody-9182', 'dXNlcjpodW50ZXIyLWh1bnRlcjI=', 'hunter2-hunter2']);
    expect(one({ ...line, api_key: 'k3y-0f-somebody-9182' }).credentialId).toMatch(/^key:/);
  });

  it('believes no id on a refused call', () => {
    expect(one({ ...snippet, status: 401 }).credentialId).not.toBe('key-1');
  });

  it('leaves what is no access log to the dead letters', () => {
    for (const line of [
      { time: endMs, status: 200 },
      { time: endMs, path: '/a' },
      { status: 200, path: '/a' },
      { time: endMs, path: '/a', status: 'running' },
      { time: endMs, message: 'started', level: 'info' },
    ]) {
      const { events, refused } = decode(line);
      expect(events).toHaveLength(0);
      expect(refused.length).toBe(1);
    }
  });

  it('looks at a bounded part of any line, and survives anything in it', () => {
    const wide = Object.fromEntries(Array.from({ length: 5_000 }, (_, n) => [`field-${n}`, n]));
    const { events, refused } = decode({ ...wide, ...snippet });
    expect(events.length + refused.length).toBe(1);
    survivesAnything(snippet);
    survivesAnythingWithin({ ...snippet, log: { user_agent: 'a', ip: '203.0.113.9', claims: {} } }, 'log');
  });
});
