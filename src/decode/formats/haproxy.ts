import type { UsageEvent } from '../../../schemas/usage-event.ts';
import type { Format, Reading } from '../format.ts';
import { amount, type JsonObject, status, text } from '../text.ts';
import { ordinary, pick } from './fields.ts';
import { requestLine } from './request-line.ts';

export const haproxySnippet: Format['snippet'] = {
  language: 'haproxy',
  text: `# HAProxy 2.6 or later, in the frontend. The key is never logged, only its keyed hash: put the key of that
# hash into the environment, in base64 (openssl rand -base64 32).
unique-id-format %[uuid()]
http-request set-var(txn.start) date(0,us)
http-request set-var(txn.path) path
http-request set-var(txn.key) req.hdr(x-api-key),hmac(sha256,"\${BEARERWATCH_LOG_KEY}"),hex if { req.hdr(x-api-key) -m found }
http-request set-var(txn.iss) http_auth_bearer,jwt_payload_query('$.iss') if { http_auth_bearer -m found }
http-request set-var(txn.sub) http_auth_bearer,jwt_payload_query('$.sub') if { http_auth_bearer -m found }
http-request set-var(txn.azp) http_auth_bearer,jwt_payload_query('$.azp') if { http_auth_bearer -m found }
http-request set-var(txn.jti) http_auth_bearer,jwt_payload_query('$.jti') if { http_auth_bearer -m found }
http-request set-var(txn.exp) http_auth_bearer,jwt_payload_query('$.exp','int') if { http_auth_bearer -m found }
http-request capture req.hdr(Host) len 128
http-request capture req.hdr(User-Agent) len 512
log-format '{"request_date_us":"%[var(txn.start)]","client_ip":"%ci","client_port":%cp,"fe_name":"%f","be_name":"%b","method":"%HM","path":"%[var(txn.path),json(utf8s)]","status_code":%ST,"bytes_uploaded":%U,"bytes_read":%B,"time_active":%Ta,"time_response":%Tr,"termination_state":"%ts","request_id":"%ID","host":"%[capture.req.hdr(0),json(utf8s)]","user_agent":"%[capture.req.hdr(1),json(utf8s)]","credential_id":"%[var(txn.key)]","jwt_iss":"%[var(txn.iss),json(utf8s)]","jwt_sub":"%[var(txn.sub),json(utf8s)]","jwt_azp":"%[var(txn.azp),json(utf8s)]","jwt_jti":"%[var(txn.jti),json(utf8s)]","jwt_exp":"%[var(txn.exp)]"}'`,
};

/** What the snippet adds to either log of HAProxy. */
export const haproxyAdds = [
  'credentialId',
  'tokenId',
  'tokenIssuer',
  'tokenSubject',
  'tokenExpiresAtMs',
  'userAgent',
  'httpRequestId',
  'requestBytes',
] as const satisfies readonly (keyof UsageEvent)[];

/** -1 in a timer means that its phase was not reached. */
function read(line: JsonObject): Reading {
  const asked = requestLine(text(line['http_request'], 8192));
  const credential = text(line['credential_id']);
  const sub = text(line['jwt_sub']);
  const azp = text(line['jwt_azp']);
  return {
    time: pick(line, 'request_date_us', 'request_date', 'accept_date', 'timestamp', '@timestamp'),
    plain: {
      httpRequestId: text(pick(line, 'request_id', 'unique_id')),
      host: text(pick(line, 'host', 'http_host')),
      requestBytes: amount(pick(line, 'bytes_uploaded', 'bytes_in')),
      responseBytes: amount(line['bytes_read']),
      upstreamDurationMs: amount(pick(line, 'time_response', 'upstream_response_time')),
      upstreamName: text(pick(line, 'be_name', 'backend', 'backend_name')),
      apiName: text(pick(line, 'fe_name', 'fe_name_transport', 'frontend', 'frontend_name')),
      certSha256: text(pick(line, 'ssl_c_sha256', 'tls_cert'), 128),
      certSubject: text(line['ssl_c_s_dn']),
      tlsVersion: text(pick(line, 'ssl_version', 'sslv'), 32),
      ja3: text(pick(line, 'ja3', 'ja3_hash'), 64),
      ja4: text(line['ja4'], 64),
    },
    client: text(pick(line, 'client_ip', 'clientip', 'src', 'remote_addr'), 64),
    forwardedFor: text(pick(line, 'x_forwarded_for', 'xff'), 1024),
    method: asked.method ?? text(pick(line, 'method', 'http_method'), 32),
    target: asked.target ?? targetOf(line),
    status: status(pick(line, 'status_code', 'http_status')),
    durationMs:
      amount(pick(line, 'time_active', 'time_total', 'time_request_total', 'session_duration')) ??
      timersOf(line),
    userAgent: text(pick(line, 'user_agent', 'http_user_agent', 'capture_user_agent'), 512),
    credential: credential === null ? null : { id: credential, type: 'api_key' },
    claims:
      sub === null && azp === null
        ? null
        : { sub, azp, iss: line['jwt_iss'], jti: line['jwt_jti'], exp: line['jwt_exp'] },
    authorization: text(line['authorization'], 16_384),
    apiKey: text(pick(line, 'x_api_key', 'apikey'), 4096),
  };
}

function targetOf(line: JsonObject): string | null {
  const path = text(pick(line, 'path', 'http_path', 'http_uri', 'uri'), 8192);
  const query = text(pick(line, 'http_query', 'query'), 8192);
  if (path === null || query === null || path.includes('?')) return path;
  return query.startsWith('?') ? `${path}${query}` : `${path}?${query}`;
}

function timersOf(line: JsonObject): number | null {
  const timers = ['time_request', 'time_wait', 'time_connect', 'time_response'].map((name) =>
    amount(line[name]),
  );
  return timers.some((timer) => timer === null)
    ? null
    : timers.reduce<number>((sum, timer) => sum + (timer ?? 0), 0);
}

const own = ['fe_name_transport', 'fe_name', 'be_name', 'termination_state', 'time_response'];

export const haproxy: Format = {
  id: 'haproxy',
  title: 'HAProxy (JSON log-format)',
  shape: 'json',
  matches: (line) =>
    (line['status_code'] !== undefined && own.some((name) => line[name] !== undefined)) ||
    // The template that went round with the first logs in JSON.
    (line['http_status'] !== undefined && line['termination_state'] !== undefined),
  read,
  pitfalls: [
    'No credential by default. A hand-quoted log-format breaks on quotes in a header: put json(utf8s) behind each text, as the snippet does, or use %{+json}o of HAProxy 3.0.',
    'The snippet hashes the key in x-api-key only; a key in the URL or a basic login is not seen.',
    'Dates without a zone are local time: prefer request_date(us), or set decode.assumeTimezoneMinutes.',
    'Log lines are cut at 1024 characters unless the log line says len 65535 (log … len 65535 format raw local0).',
    'jwt_payload_query reads claims without verifying them: add http-request deny unless jwt_verify succeeds.',
  ],
  snippet: haproxySnippet,
  yields: {
    byDefault: ordinary.filter((field) => field !== 'userAgent'),
    withSnippet: haproxyAdds,
  },
  verified:
    "HAProxy 2.6.12 run for real with the snippet; %{+json}o of 3.0 and other JSON templates after HAProxy's documentation",
};
