import type { Format, Reading } from '../format.ts';
import { amount, type JsonObject, status, text } from '../text.ts';
import { ordinary, pick } from './fields.ts';
import { requestLine } from './nginx.ts';

export const haproxySnippet: Format['snippet'] = {
  language: 'haproxy',
  text: `# HAProxy 3.0 or later. The key is never logged, only its keyed hash; put the hash key in the environment.
http-request set-var(txn.sub) http_auth_bearer,jwt_payload_query('$.sub') if { http_auth_bearer -m found }
http-request set-var(txn.iss) http_auth_bearer,jwt_payload_query('$.iss') if { http_auth_bearer -m found }
http-request set-var(txn.jti) http_auth_bearer,jwt_payload_query('$.jti') if { http_auth_bearer -m found }
http-request set-var(txn.azp) http_auth_bearer,jwt_payload_query('$.azp') if { http_auth_bearer -m found }
http-request set-var(txn.kid) req.hdr(x-api-key),hmac(sha256,"\${BEARERWATCH_LOG_KEY}"),hex if { req.hdr(x-api-key) -m found }
log-format "%{+json}o %(request_date_us)[request_date(us)] %(client_ip)ci %(client_port)cp %(fe_name)ft %(be_name)b %(method)HM %(path)HP %(status_code)ST %(bytes_uploaded)U %(bytes_read)B %(time_active)Ta %(time_response)Tr %(termination_state)tsc %(host)[capture.req.hdr(0)] %(user_agent)[capture.req.hdr(1)] %(request_id)ID %(credential_id)[var(txn.kid)] %(jwt_sub)[var(txn.sub)] %(jwt_iss)[var(txn.iss)] %(jwt_jti)[var(txn.jti)] %(jwt_azp)[var(txn.azp)]"
http-request capture req.hdr(Host) len 128
http-request capture req.hdr(User-Agent) len 256`,
};

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
      upstreamDurationMs: amount(line['time_response']),
      upstreamName: text(pick(line, 'be_name', 'backend')),
      apiName: text(pick(line, 'fe_name', 'fe_name_transport', 'frontend')),
      certSha256: text(pick(line, 'ssl_c_sha256', 'tls_cert'), 128),
      certSubject: text(line['ssl_c_s_dn']),
      tlsVersion: text(pick(line, 'ssl_version', 'sslv'), 32),
      ja3: text(pick(line, 'ja3', 'ja3_hash'), 64),
      ja4: text(line['ja4'], 64),
    },
    client: text(pick(line, 'client_ip', 'clientip', 'src'), 64),
    forwardedFor: text(pick(line, 'x_forwarded_for', 'xff'), 1024),
    method: asked.method ?? text(pick(line, 'method', 'http_method'), 32),
    target: asked.target ?? targetOf(line),
    status: status(line['status_code']),
    durationMs: amount(pick(line, 'time_active', 'time_total', 'time_request_total')) ?? timersOf(line),
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
  matches: (line) => line['status_code'] !== undefined && own.some((name) => line[name] !== undefined),
  read,
  pitfalls: [
    'No credential by default; a hand-quoted log-format breaks on quotes: use %{+json}o, HAProxy 3.0 or later.',
    'Dates without a zone are local time: prefer request_date(us), or set decode.assumeTimezoneMinutes.',
    'Log lines are cut at 1024 characters unless the log line says len 65535.',
    'jwt_payload_query reads claims without verifying them: add http-request deny unless jwt_verify succeeds.',
  ],
  snippet: haproxySnippet,
  yields: {
    byDefault: ordinary.filter((field) => field !== 'userAgent'),
    withSnippet: ['credentialId', 'tokenId', 'tokenIssuer', 'userAgent', 'httpRequestId', 'requestBytes'],
  },
  verified: "fixtures after HAProxy's documentation (log-format, section 8.2) and its common JSON templates",
};
