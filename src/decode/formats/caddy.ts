import type { Format, ReadResult } from '../format.ts';
import { amount, type JsonObject, number, object, status, text } from '../text.ts';
import { apiKeyOf, goDurationMs, header, lowerCased, ordinary, pick } from './fields.ts';

/** An encoder's whole milliseconds seldom reach a minute, its nanoseconds nearly always are more than that many. */
const fewestNs = 60_000;

/** Seconds with a fraction by default; other encoders write `1.5ms`, or whole nano- or milliseconds. */
function durationOf(value: unknown): number | null {
  const took = number(value);
  if (took === null) return goDurationMs(value);
  if (!Number.isInteger(took)) return took * 1000;
  return took >= fewestNs ? took / 1e6 : took;
}

function read(line: JsonObject): ReadResult {
  if (!(text(line['logger']) ?? '').startsWith('http.log.access'))
    return { skip: "a line of Caddy's own log, not of a request" };
  const request = object(line['request']);
  const headers = lowerCased(object(request['headers']));
  const tls = object(request['tls']);
  const named = text(line['credential_id']);
  return {
    time: pick(line, 'ts', 'time', 'timestamp', '@timestamp'),
    timeIsEnd: true,
    plain: {
      httpRequestId: text(line['uuid']) ?? header(headers, 'x-request-id'),
      gatewayName: text(line['logger']),
      host: text(request['host']),
      requestBytes: amount(line['bytes_read']),
      responseBytes: amount(line['size']),
      userId: text(line['user_id']),
      certSubject: text(tls['client_common_name']),
      certSerial: text(tls['client_serial'], 128),
      tlsVersion: text(tls['version'], 32),
    },
    // Before 2.5 address and port were one.
    peer: text(request['remote_ip'], 64) ?? text(request['remote_addr'], 64),
    client: text(request['client_ip'], 64),
    forwardedFor: header(headers, 'x-forwarded-for', 1024),
    method: text(request['method'], 32),
    target: text(request['uri'], 8192),
    // Nothing was written by a handler: Go then answers 200.
    status: line['status'] === 0 ? 200 : status(line['status']),
    durationMs: durationOf(line['duration']),
    userAgent: header(headers, 'user-agent', 512),
    credential: named === null ? null : { id: named, type: 'api_key', name: named },
    authorization: header(headers, 'authorization', 16_384),
    apiKey: apiKeyOf(headers),
    cookie: header(headers, 'cookie', 4096),
  };
}

export const caddy: Format = {
  id: 'caddy',
  title: 'Caddy',
  shape: 'json',
  matches: (line) =>
    typeof line['logger'] === 'string' &&
    line['logger'].startsWith('http.') &&
    (typeof line['request'] === 'object' || (line['msg'] !== undefined && line['ts'] !== undefined)),
  read,
  pitfalls: [
    'Authorization and Cookie are logged as REDACTED, but X-Api-Key is logged raw: delete it with a filter.',
    "The filter's hash is four bytes only and collides; log the id of the key's owner instead.",
    'uri holds the query: use the query filter for keys in it.',
    "Calls for a host that none of the sites has go to Caddy's own log, past the filter and with their keys: add a site for all other hosts.",
    'Headers are logged as the caller sent them, also those that Caddy sets later: none of them is taken for an id.',
    'Without authentication in Caddy itself there is no credential; log_append, which can add one, came with Caddy 2.8.',
  ],
  snippet: {
    language: 'caddyfile',
    text: `# In the site's block. user_id, the caller's id, is logged when basic_auth or a JWT module authenticates.
log {
  output file /var/log/caddy/access.log
  format filter {
    wrap json
    fields {
      request>headers>Authorization delete
      request>headers>Cookie delete
      request>headers>X-Api-Key delete
      request>uri query {
        delete api_key
        delete access_token
      }
    }
  }
}
# For API keys, with Caddy 2.8 or later: whose key it is, without the key. Keep the table in a file of its own.
#map {http.request.header.X-Api-Key} {api_client} {
#  the-key-of-client-1 client-1
#  default -
#}
#log_append credential_id {api_client}`,
  },
  yields: { byDefault: [...ordinary, 'requestBytes'], withSnippet: ['userId', 'credentialId'] },
  verified:
    'Caddy 2.6.2 and 2.11.9 run for real with the snippet, its part for keys with 2.11.9; TLS fields after its source (marshalers.go)',
};
