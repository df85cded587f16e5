import { decodeConfig } from '../../schemas/config/decode.ts';
import type { Decoded } from '../../src/decode/decoded.ts';
import { createDecoder, type DecoderOptions } from '../../src/decode/decoder.ts';

export const ingestTimeMs = Date.UTC(2026, 0, 5, 12);

export function decoder(options: Partial<DecoderOptions> = {}) {
  const { hashKey: _, hashKeyFile: __, ...defaults } = decodeConfig.parse({});
  return createDecoder({ ...defaults, hashKey: new Uint8Array(32).fill(7), history: true, ...options });
}

const shared = decoder();

export function decode(value: string | Uint8Array | object, options?: Partial<DecoderOptions>): Decoded {
  const bytes =
    value instanceof Uint8Array
      ? value
      : Buffer.from(typeof value === 'string' ? value : JSON.stringify(value), 'utf8');
  const by = options === undefined ? shared : decoder(options);
  return by.decode({ value: bytes, at: { kind: 'stdin', line: 1 }, ingestTimeMs, partition: 'test' });
}

/** The only event of a record; fails with the refusal's words. */
export function one(value: string | Uint8Array | object, options?: Partial<DecoderOptions>) {
  const { events, refused } = decode(value, options);
  const [event] = events;
  if (event === undefined || events.length !== 1)
    throw new Error(`${events.length} events; ${JSON.stringify(refused)}`);
  return event;
}

export const envoyLine = {
  start_time: '2026-01-05T10:00:00.250Z',
  method: 'GET',
  path: '/orders/1007?page=3&limit=20',
  authority: 'api.example.com',
  response_code: 200,
  response_flags: '-',
  bytes_received: 0,
  bytes_sent: 358,
  duration: 15,
  upstream_service_time: '14',
  request_id: 'r-1',
  user_agent: 'curl/8.5.0',
  x_forwarded_for: '203.0.113.9',
  downstream_remote_address: '203.0.113.9:41234',
  jwt_iss: 'https://idp.example',
  jwt_sub: 'svc-orders',
  jwt_azp: 'orders',
  jwt_jti: 'jti-1',
  ja4: 't13d1516h2_8daaf6152771_b186095e22b6',
};

export const nginxLine = {
  time: '1767607200.250',
  request_id: 'r-2',
  client_ip: '198.51.100.4',
  method: 'GET',
  path: '/orders/1007',
  status: '200',
  bytes_in: '300',
  bytes_out: '900',
  duration_s: '0.250',
  upstream_s: '0.010, 0.020 : 0.005',
  user_agent: 'okhttp/4.12.0',
  host: 'api.example.com',
  credential_id: 'client-1',
};

export const kongLine = {
  request: {
    id: 'r-3',
    uri: '/orders/1007',
    method: 'GET',
    headers: { host: 'api.example.com', 'user-agent': 'kong-client/1.0' },
    size: '120',
  },
  response: { status: 200, headers: {}, size: '512' },
  latencies: { kong: 1, proxy: 9, request: 10 },
  authenticated_entity: { id: '0d3c1c1e-43d0-4a3a-9d3b-0f7a0f6d7b11' },
  consumer: { id: 'consumer-9', username: 'billing' },
  service: { id: 's-1', name: 'orders', host: 'orders.internal' },
  client_ip: '192.0.2.8',
  started_at: 1767607200250,
};

export const cloudtrailLine = {
  eventVersion: '1.08',
  userIdentity: {
    type: 'AssumedRole',
    arn: 'arn:aws:sts::111122223333:assumed-role/deploy/ci-7',
    accountId: '111122223333',
    accessKeyId: 'ASIAEXAMPLE000000001',
    sessionContext: {
      sessionIssuer: { arn: 'arn:aws:iam::111122223333:role/deploy', userName: 'deploy' },
    },
  },
  eventTime: '2026-01-05T10:00:00Z',
  eventSource: 's3.amazonaws.com',
  eventName: 'GetObject',
  awsRegion: 'eu-west-1',
  sourceIPAddress: '203.0.113.77',
  userAgent: 'aws-cli/2.15',
  requestParameters: { bucketName: 'invoices', key: '2026/01.pdf' },
  readOnly: true,
  eventID: 'e-1',
};

export const canonicalLine = {
  timestamp: 1767607200250,
  'gateway.type': 'canonical',
  'credential.id': 'key-17',
  'client.address': '198.51.100.7',
  'http.request.method': 'GET',
  'url.path': '/orders/1007',
  'http.response.status_code': 200,
};

export function jwt(claims: object, header: object = { alg: 'RS256', kid: 'k1' }): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part(header)}.${part(claims)}.${Buffer.from('a-signature-of-some-length').toString('base64url')}`;
}
