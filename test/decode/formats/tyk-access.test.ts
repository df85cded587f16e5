import { describe, expect, it } from 'vitest';
import { tykAccess, tykAccessText } from '../../../src/decode/formats/tyk-access.ts';
import { withYear } from '../../../src/decode/formats/yearless-time.ts';
import { ingestTimeMs, one } from '../decoding.ts';
import { expectHidden, survivesAnything, survivesDamage } from './hostile-values.ts';
import { expectYields } from './yields.ts';

const rawKey = 'Zq7Rv2Lm9Xw4Tn6Bc1Kd8';
const hashed = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08';

const jsonLine = {
  api_id: 'b1a41c9a89984ffd7bb7d4e3c6844ded',
  api_key: hashed,
  api_name: 'orders',
  client_ip: '203.0.113.9',
  host: 'api.example.com:8080',
  latency_gateway: 1,
  latency_total: 62,
  level: 'info',
  method: 'GET',
  msg: '',
  org_id: '678e6771247d80fd2c435bf3',
  path: '/orders/1007',
  prefix: 'access-log',
  protocol: 'HTTP/1.1',
  remote_addr: '10.0.0.4:63251',
  status: 200,
  time: '2026-01-05T11:00:01+01:00',
  trace_id: '0af7651916cd43dd8448eb211c80319c',
  upstream_addr: 'http://eve:pw0rd-pw0rd@orders.internal:8080/orders/1007',
  upstream_latency: 61,
  user_agent: 'PostmanRuntime/7.43.0',
};

const mcpLine = {
  ...jsonLine,
  jsonrpc_method: 'tools/call',
  jsonrpc_id: '7',
  mcp_tool: 'get_order',
  mcp_session_id: 'session-of-a-client-1234',
  jsonrpc_error_code: -32602,
  jsonrpc_error_message: 'invalid params',
};

const textLine =
  'time="Jan 05 10:00:01" level=info api_id=b1a41c9a89984ffd7bb7d4e3c6844ded api_key="****f1c2" api_name=orders ' +
  'client_ip="2001:db8::7" host="localhost:8080" latency_total=62 method=GET org_id=678e6771247d80fd2c435bf3 ' +
  'path=/orders/1007 prefix=access-log protocol=HTTP/1.1 remote_addr="[2001:db8::7]:63251" status=200 ' +
  'upstream_addr="http://httpbin.org/get" upstream_latency=61 user_agent="Mozilla/5.0 (\\"quoted\\")"';

describe('tyk-access: JSON', () => {
  it('reads the line; its time is the end of the call', () => {
    expect(one(jsonLine)).toMatchObject({
      gatewayType: 'tyk-access',
      timestampMs: Date.UTC(2026, 0, 5, 10, 0, 1) - 62,
      durationMs: 62,
      upstreamDurationMs: 61,
      method: 'GET',
      path: '/orders/1007',
      route: 'GET /orders/{int}',
      status: 200,
      credentialType: 'api_key',
      credentialSource: 'hashed_header',
      organizationId: '678e6771247d80fd2c435bf3',
      apiName: 'orders',
      clientAddress: '203.0.113.9',
      peerAddress: '10.0.0.4',
      upstreamName: 'orders.internal:8080',
      traceId: '0af7651916cd43dd8448eb211c80319c',
      userAgent: 'PostmanRuntime/7.43.0',
    });
    expect(one(jsonLine).credentialId).toMatch(/^key:[0-9a-f]{32}$/);
  });

  it('an error inside an MCP answer is a failure; the session is hashed', () => {
    const event = one(mcpLine);
    expect(event).toMatchObject({
      status: 200,
      outcome: 'failure',
      errorType: 'jsonrpc:-32602',
      mcpMethod: 'tools/call',
      genAiToolName: 'get_order',
    });
    expect(event.mcpSessionId).toMatch(/^[0-9a-f]{32}$/);
  });

  it('a refused call shows why; without a key it is anonymous', () => {
    const refused = { ...jsonLine, status: 401, api_key: '----', response_flag: 'AMF' };
    expect(one(refused)).toMatchObject({
      status: 401,
      outcome: 'failure',
      errorType: 'AMF',
      credentialType: 'anonymous',
    });
  });

  it('no secret is let out', () => {
    expectHidden({ ...jsonLine, api_key: rawKey }, [rawKey, 'pw0rd-pw0rd']);
    expectHidden(mcpLine, ['session-of-a-client-1234']);
    expectHidden({ ...jsonLine, path: `/reset/${rawKey}`, response_flag: `token=${rawKey}` }, [rawKey]);
  });

  it('gives what it promises', () => {
    expectYields(jsonLine, tykAccess.yields.byDefault);
    expectYields(textLine, tykAccessText.yields.byDefault);
  });

  it('survives any value in any field', () => survivesAnything(mcpLine));
});

describe('tyk-access: text', () => {
  it('reads the line; the year is that of the reception', () => {
    expect(one(textLine)).toMatchObject({
      gatewayType: 'tyk-access-text',
      timestampMs: Date.UTC(2026, 0, 5, 10, 0, 1) - 62,
      clientAddress: '2001:db8::7',
      peerAddress: '2001:db8::7',
      status: 200,
      path: '/orders/1007',
      upstreamName: 'httpbin.org',
      credentialType: 'api_key',
      userAgent: 'Mozilla/5.0 ("quoted")',
    });
  });

  it('of a short template what is there is read', () => {
    const line =
      'time="Jan 05 10:00:01" level=info api_id=a api_key=00000000 api_name=b org_id=c remote_addr="[::1]:63270" prefix=access-log';
    expect(one(line)).toMatchObject({ credentialType: 'anonymous', clientAddress: '::1', status: null });
  });

  it('a caller who writes the mark into his path has not written a line', () => {
    const forged = textLine.replace('path=/orders/1007', 'path="/x prefix=other api_key=stolen"');
    expect(one(forged)).toMatchObject({ gatewayType: 'tyk-access-text', status: 200 });
    expect(one(forged).credentialId).toBe(one(textLine).credentialId);
  });

  it('no secret is let out', () => {
    expectHidden(textLine.replace('"****f1c2"', rawKey), [rawKey]);
    expectHidden(textLine.replace('/orders/1007', `/orders/sk-${rawKey}`), [rawKey]);
  });

  it('survives damage anywhere', () => survivesDamage(textLine));
});

describe('withYear', () => {
  it.each([
    ['Jan 05 10:00:00', '2026-01-05 10:00:00'],
    ['Jan 06 09:00:00', '2026-01-06 09:00:00'],
    ['Dec 31 23:59:59', '2025-12-31 23:59:59'],
    ['Feb 29 00:00:00', '2024-02-29 00:00:00'],
  ])('%s is the latest that is not after the reception', (written, full) => {
    expect(withYear(written, ingestTimeMs)).toBe(full);
  });

  it('on the last day of a year a time of the next may already be right', () => {
    expect(withYear('Jan 01 00:30:00', Date.UTC(2025, 11, 31, 23, 30))).toBe('2026-01-01 00:30:00');
  });

  it.each(['Foo 05 10:00:00', 'Jan 99 10:00:00', 'Jan 05 99:00:00', 'Jan 5', 17, null])(
    '%s is none',
    (value) => {
      expect(withYear(value, ingestTimeMs)).toBeNull();
    },
  );

  it('nothing is guessed without the time of reception', () => {
    expect(withYear('Jan 05 10:00:00', undefined)).toBeNull();
  });
});
