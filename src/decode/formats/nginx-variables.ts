import { emptyUsageEvent } from '../../../schemas/usage-event.ts';
import type { FilledReading } from '../format.ts';
import { amount, first, type JsonObject, status, text } from '../text.ts';
import { scaled } from './fields.ts';
import { requestLine } from './request-line.ts';

/** Names of NGINX's variables, or those of the snippet. */
export function hasVariables(line: JsonObject): boolean {
  if (line['status'] === undefined) return false;
  const isAsked =
    line['request'] !== undefined ||
    line['request_uri'] !== undefined ||
    line['uri'] !== undefined ||
    // The format that ingress-nginx gives as its example.
    (line['path'] !== undefined && line['request_time'] !== undefined);
  return (
    (line['remote_addr'] !== undefined && isAsked) ||
    (line['client_ip'] !== undefined && line['bytes_out'] !== undefined && line['duration_s'] !== undefined)
  );
}

/** APISIX writes NGINX's variables too, and always the route beside them. */
export function isFromApisix(line: JsonObject): boolean {
  if (line['x_credential_identifier'] !== undefined) return hasVariables(line);
  return line['route_id'] !== undefined && (hasVariables(line) || isRenamed(line));
}

/** The names of its documentation's example, to which everybody adds others. */
function isRenamed(line: JsonObject): boolean {
  return (
    line['status'] !== undefined &&
    line['client_ip'] !== undefined &&
    (line['request'] !== undefined || line['method'] !== undefined || line['uri'] !== undefined)
  );
}

/** A line whose keys are NGINX's variables: NGINX and APISIX write such. */
export function readVariables(line: JsonObject): FilledReading {
  const asked = requestLine(text(line['request'], 8192));
  const known = text(first(line['credential_id'], line['api_client']));
  const credential = known ?? text(line['client_id']);
  const sub = text(first(line['jwt_sub'], line['jwt_claim_sub']));
  const event = emptyUsageEvent();
  event.httpRequestId = text(first(line['request_id'], line['http_x_request_id']));
  event.host = text(first(line['host'], line['http_host'], line['server_name'], line['vhost']));
  event.requestBytes = amount(first(line['request_length'], line['bytes_in']));
  event.responseBytes = amount(first(line['bytes_sent'], line['body_bytes_sent'], line['bytes_out']));
  event.upstreamDurationMs = scaled(first(line['upstream_response_time'], line['upstream_s']), 1000);
  event.upstreamName = text(first(line['upstream_addr'], line['proxy_upstream_name']));
  event.userId = text(line['remote_user']);
  event.tlsVersion = text(line['ssl_protocol'], 32);
  event.certSha256 = text(first(line['tls_cert'], line['ssl_client_fingerprint']), 128);
  event.certSubject = text(line['ssl_client_s_dn']);
  event.certSerial = text(line['ssl_client_serial'], 128);
  event.ja3 = text(first(line['ja3'], line['http_ssl_ja3']), 64);
  event.ja4 = text(first(line['ja4'], line['http_ssl_ja4']), 64);
  return {
    time: first(
      line['msec'],
      line['time'],
      line['time_iso8601'],
      line['timestamp'],
      line['@timestamp'],
      line['time_local'],
    ),
    timeIsEnd: true,
    event,
    client: text(first(line['client_ip'], line['remote_addr']), 64),
    forwardedFor: text(first(line['http_x_forwarded_for'], line['xff'], line['x_forwarded_for']), 1024),
    method: asked.method ?? text(first(line['request_method'], line['method']), 32),
    target: asked.target ?? targetOf(line),
    operation: text(
      first(line['graphql_operation'], line['graphql_operation_name'], line['arg_operationName']),
      128,
    ),
    status: status(line['status']),
    durationMs: scaled(first(line['request_time'], line['duration_s']), 1000),
    userAgent: text(first(line['http_user_agent'], line['user_agent']), 512),
    // The snippet's names are filled from a table of keys; a client_id may be a header as it came.
    credential:
      credential === null
        ? null
        : { id: credential, type: 'api_key', name: credential, isSaid: known === null },
    claims:
      sub === null
        ? null
        : {
            iss: first(line['jwt_iss'], line['jwt_claim_iss']),
            sub,
            azp: first(line['jwt_azp'], line['jwt_claim_azp']),
            jti: first(line['jwt_jti'], line['jwt_claim_jti']),
            exp: first(line['jwt_exp'], line['jwt_claim_exp']),
            kid: line['jwt_header_kid'],
          },
    authorization: text(line['http_authorization'], 16_384),
    apiKey: text(
      first(line['http_x_api_key'], line['http_apikey'], line['arg_apikey'], line['arg_api_key']),
      4096,
    ),
    cookie: text(line['http_cookie'], 4096),
  };
}

function targetOf(line: JsonObject): string | null {
  const target = text(first(line['request_uri'], line['path'], line['uri']), 8192);
  const args = text(first(line['args'], line['request_query'], line['query_string']), 8192);
  return target === null || args === null || target.includes('?') ? target : `${target}?${args}`;
}
