import type { Format, Reading } from '../format.ts';
import { amount, type JsonObject, status, text } from '../text.ts';
import { apiKeyOf, ordinary, pick, scaled } from './fields.ts';

const nsToMs = 1e-6;
const longestPrefix = 'request_'.length;

/** Kept headers come as request_X-Name: by lower-case header name. */
function requestHeaders(line: JsonObject): JsonObject {
  const headers = new Map<string, unknown>();
  for (const name of Object.keys(line)) {
    if (name.startsWith('request_') && headers.size < 100)
      headers.set(name.slice(longestPrefix).toLowerCase(), line[name]);
  }
  return Object.fromEntries(headers);
}

function read(line: JsonObject): Reading {
  const headers = requestHeaders(line);
  const subject = text(pick(headers, 'x-auth-subject', 'x-auth-request-user', 'x-forwarded-user'));
  const client = text(line['ClientHost'], 1024);
  const named = text(pick(headers, 'x-credential-id', 'x-client-id'));
  return {
    time: pick(line, 'StartUTC', 'StartLocal', 'time', '@timestamp'),
    plain: {
      httpRequestId: text(headers['x-request-id']),
      traceId: text(line['trace_id'], 64) ?? text(line['TraceId'], 64),
      host: text(line['RequestHost']) ?? text(line['RequestAddr']),
      requestBytes: amount(line['RequestContentSize']),
      responseBytes: amount(line['DownstreamContentSize']),
      upstreamDurationMs: scaled(line['OriginDuration'], nsToMs),
      upstreamName: text(line['ServiceName']),
      apiName: text(line['RouterName']),
      tlsVersion: text(line['TLSVersion'], 32),
      certSubject: text(line['TLSClientSubject']),
      userId: text(line['ClientUsername']) ?? subject,
    },
    peer: text(line['ClientAddr'], 64),
    // With several forwarded addresses only the nearest was written by a proxy in front.
    client: client === null ? null : client.slice(client.lastIndexOf(',') + 1).trim(),
    forwardedFor: client?.includes(',') ? client : text(headers['x-forwarded-for'], 1024),
    method: text(line['RequestMethod'], 32),
    target: text(line['RequestPath'], 8192),
    status: status(line['DownstreamStatus']) ?? status(line['OriginStatus']),
    durationMs: scaled(line['Duration'], nsToMs),
    userAgent: text(headers['user-agent'], 512),
    credential: named === null ? null : { id: named, type: 'api_key', name: named, isSaid: true },
    authorization: text(headers['authorization'], 16_384),
    apiKey: apiKeyOf(headers),
    cookie: text(headers['cookie'], 4096),
  };
}

export const traefikSnippet: Format['snippet'] = {
  language: 'yaml',
  text: `# A forwardAuth or JWT middleware sets X-Credential-Id for calls it has verified (authResponseHeaders).
accessLog:
  format: json
  fields:
    headers:
      defaultMode: drop
      names:
        User-Agent: keep
        X-Request-Id: keep
        X-Credential-Id: keep`,
};

export const traefik: Format = {
  id: 'traefik',
  title: 'Traefik (JSON)',
  shape: 'json',
  matches: (line) =>
    line['RequestMethod'] !== undefined &&
    (line['DownstreamStatus'] !== undefined || line['OriginStatus'] !== undefined),
  read,
  pitfalls: [
    'Request headers are dropped by default, the user agent too; never keep Authorization.',
    'X-Credential-Id must be set by a middleware and removed from what the client sends.',
    'RequestPath holds the query; durations are nanoseconds; OriginStatus 0 means not forwarded.',
    'Without an allowed header or a basic-auth user there is no credential.',
  ],
  snippet: traefikSnippet,
  yields: {
    byDefault: ordinary.filter((field) => field !== 'userAgent'),
    withSnippet: ['credentialId', 'userAgent', 'httpRequestId'],
  },
  verified: 'lines of Traefik 2 and 3; kept headers after its source (accesslog)',
};
