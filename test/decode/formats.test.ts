import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { toWire } from '../../schemas/usage-event.ts';
import { canonicalLine, cloudtrailLine, decode, envoyLine, kongLine, nginxLine, one } from './decoding.ts';

const data = process.env['BEARERWATCH_DATA'] ?? '../shared/data';

describe('each format reads its line into the canonical event', () => {
  it('Envoy: claims of the snippet, start time, paging, object', () => {
    expect(toWire(one(envoyLine))).toMatchObject({
      timestamp: Date.UTC(2026, 0, 5, 10, 0, 0, 250),
      'gateway.type': 'envoy',
      'credential.id': 'https://idp.example|orders|svc-orders',
      'credential.source': 'claim',
      'token.id': 'jti-1',
      'client.address': '203.0.113.9',
      'http.route': 'GET /orders/{int}',
      'object.id': '1007',
      'object.number': 1007,
      'page.number': 3,
      'url.query_keys': ['page', 'limit'],
      'http.response.size': 358,
      duration_ms: 15,
      'upstream.duration_ms': 14,
    });
  });

  it('NGINX JSON: the end time less the duration is the start', () => {
    expect(toWire(one(nginxLine))).toMatchObject({
      timestamp: 1767607200000,
      'gateway.type': 'nginx',
      'credential.id': 'client-1',
      'credential.source': 'gateway_id',
      duration_ms: 250,
      'http.request.size': 300,
      'http.response.size': 900,
      'http.route': 'GET /orders/{int}',
    });
  });

  it.each([
    ['combined', ''],
    ['with a virtual host in front', 'api.example.com '],
  ])('NGINX %s', (_name, host) => {
    const line = `${host}198.51.100.4 - - [05/Jan/2026:11:00:00 +0100] "GET /orders/7 HTTP/1.1" 404 153 "-" "a \\"b\\" c"`;
    const event = one(line);
    expect(event).toMatchObject({
      timestampMs: Date.UTC(2026, 0, 5, 10),
      clientAddress: '198.51.100.4',
      credentialType: 'anonymous',
      status: 404,
      userAgent: 'a "b" c',
      responseBytes: 153,
      objectNumber: 7,
    });
    expect(event.host).toBe(host === '' ? null : 'api.example.com');
  });

  it('Kong: the authenticated entity is the credential, the consumer its owner', () => {
    expect(one(kongLine)).toMatchObject({
      gatewayType: 'kong',
      credentialId: '0d3c1c1e-43d0-4a3a-9d3b-0f7a0f6d7b11',
      consumerId: 'consumer-9',
      consumerName: 'billing',
      requestBytes: 120,
      durationMs: 10,
      clientAddress: '192.0.2.8',
    });
  });

  it('Kong: the consumer that stands for all callers without a credential is nobody', () => {
    const { authenticated_entity: _, ...line } = kongLine;
    const mark = (value: unknown) => ({
      ...line,
      request: { ...line.request, headers: { ...line.request.headers, 'x-anonymous-consumer': value } },
    });
    for (const value of ['true', true])
      expect(one(mark(value))).toMatchObject({ credentialId: 'anon:192.0.2.8', consumerId: null });
    expect(one({ ...mark('true'), authenticated_entity: kongLine.authenticated_entity })).toMatchObject({
      credentialId: kongLine.authenticated_entity.id,
      consumerId: 'consumer-9',
    });
  });

  it('CloudTrail: a temporary key is the token of its role session', () => {
    expect(one(cloudtrailLine)).toMatchObject({
      gatewayType: 'cloudtrail',
      credentialId: 'arn:aws:iam::111122223333:role/deploy/ci-7',
      tokenId: 'ASIAEXAMPLE000000001',
      route: 's3.amazonaws.com:GetObject',
      objectId: 'invoices/2026/01.pdf',
      eventId: 'e-1',
      status: 200,
    });
  });

  it('CloudTrail: a long-lived key is the credential, a refused one included', () => {
    const userIdentity = {
      type: 'IAMUser',
      arn: 'arn:aws:iam::1:user/eve',
      accessKeyId: 'AKIAEXAMPLE000000001',
    };
    expect(one({ ...cloudtrailLine, userIdentity, errorCode: 'AccessDenied' })).toMatchObject({
      credentialId: 'AKIAEXAMPLE000000001',
      status: 403,
      errorType: 'AccessDenied',
      outcome: 'failure',
    });
  });

  it('canonical: what is given is kept, what is missing is derived', () => {
    expect(one(canonicalLine)).toMatchObject({
      gatewayType: 'canonical',
      credentialId: 'key-17',
      credentialSource: 'gateway_id',
      route: 'GET /orders/{int}',
      objectNumber: 1007,
    });
    expect(one({ ...canonicalLine, 'http.route': '/orders/{id}', 'object.id': 'x' })).toMatchObject({
      route: 'GET /orders/{id}',
      objectId: 'x',
    });
  });

  it.each([
    ['envoy', envoyLine],
    ['nginx', nginxLine],
    ['kong', kongLine],
    ['cloudtrail', cloudtrailLine],
  ])('canonical: an event of %s survives the way out and in again', (_name, line) => {
    const event = one(line);
    expect(toWire(one(toWire(event)))).toEqual(toWire(event));
  });
});

describe.skipIf(!existsSync(data))('real lines (BEARERWATCH_DATA)', () => {
  it.each([
    ['envoy-gateway.ndjson', 'envoy'],
    ['envoy-gateway.cri.log', 'envoy'],
    ['kong.ndjson', 'kong'],
    ['nginx-combined.log', 'nginx-combined'],
    ['aws-cloudtrail.ndjson', 'cloudtrail'],
    ['aws-cloudtrail.s3-envelope.json', 'cloudtrail'],
  ])('%s: every line is read as %s', (file, format) => {
    const { events, refused } = decode(readFileSync(`${data}/gateway-lines/${file}`));
    expect(refused).toEqual([]);
    expect(events.length).toBeGreaterThan(0);
    for (const event of events) expect(event.gatewayType).toBe(format);
  });

  it('3,000 CloudTrail records give as many events, each with a credential', () => {
    for (const file of ['invictus_raw', 'otrf_ec2_proxy_s3_exfil_raw']) {
      const lines = gunzipSync(readFileSync(`${data}/cloudtrail/${file}.ndjson.gz`))
        .toString()
        .trim()
        .split('\n');
      for (const line of lines) {
        const event = one(line);
        expect(event.credentialId).not.toBe('');
        expect(event.route).toContain(':');
      }
    }
  });
});
