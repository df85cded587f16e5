import type { Format, ReadResult } from '../format.ts';
import { amount, type JsonObject, number, object, status, text } from '../text.ts';
import { apiKeyOf, goDurationMs, header, lowerCased, ordinary } from './fields.ts';

function read(line: JsonObject): ReadResult {
  if (!`${line['logger']}`.startsWith('http.log.access'))
    return { skip: "a line of Caddy's own log, not of a request" };
  const request = object(line['request']);
  const headers = lowerCased(object(request['headers']));
  const tls = object(request['tls']);
  const took = number(line['duration']);
  const named = header(headers, 'x-credential-id');
  return {
    time: line['ts'],
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
    peer: text(request['remote_ip'], 64),
    client: text(request['client_ip'], 64),
    forwardedFor: header(headers, 'x-forwarded-for', 1024),
    method: text(request['method'], 32),
    target: text(request['uri'], 8192),
    // Nothing was written by a handler: Go then answers 200.
    status: line['status'] === 0 ? 200 : status(line['status']),
    durationMs: took === null ? goDurationMs(line['duration']) : took * 1000,
    userAgent: header(headers, 'user-agent', 512),
    credential: named === null ? null : { id: named, type: 'api_key', name: named, isSaid: true },
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
    "The filter's hash is four bytes only and collides; log an id set by the authentication module instead.",
    'uri holds the query: use the query filter for keys in it.',
    'Without authentication in Caddy itself there is no credential.',
  ],
  snippet: {
    language: 'caddyfile',
    text: `log {
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
# user_id is the id of the caller when basic_auth or a JWT module authenticates;
# a route behind another authenticator sets X-Credential-Id itself:
request_header X-Credential-Id {http.auth.user.id}`,
  },
  yields: { byDefault: [...ordinary, 'requestBytes'], withSnippet: ['credentialId'] },
  verified: 'lines of Caddy 2; authentication and TLS after its source (marshalers.go)',
};
