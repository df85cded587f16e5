import type { Format, Reading } from '../format.ts';
import { amount, type JsonObject, status, text } from '../text.ts';
import { goDurationMs, scaled } from './fields.ts';
import { requestLine } from './request-line.ts';
import { usualFields } from './usual-names.ts';

/** Also for what a gateway's own format left open, where operators name the fields as they like. */
export function readUsual(line: JsonObject): Reading {
  const of = usualFields(line);
  const asked = requestLine(text(of('line'), 8192));
  const target = text(of('target'), 8192) ?? asked.target;
  const query = text(of('query'), 8192);
  const id = text(of('credential'));
  const iss = text(of('iss'));
  const sub = text(of('sub'));
  const azp = text(of('azp'));
  const jti = text(of('jti'));
  const isToken = iss !== null || jti !== null || azp !== null || (sub !== null && id === null);
  return {
    time: of('time'),
    timeIsEnd: of('start') === null,
    plain: {
      httpRequestId: text(of('requestId')),
      traceId: text(of('trace'), 64),
      host: text(of('host')),
      requestBytes: amount(of('requestBytes')),
      responseBytes: amount(of('responseBytes')),
      consumerId: text(of('consumer')),
      userId: text(of('user')),
      organizationId: text(of('organization')),
      environment: text(of('environment'), 64),
      ja4: text(of('ja4'), 64),
      certSha256: text(of('certificate'), 128),
    },
    client: text(of('client'), 64),
    forwardedFor: text(of('forwarded'), 1024),
    method: text(of('method'), 32) ?? asked.method,
    target: target === null || query === null || target.includes('?') ? target : `${target}?${query}`,
    route: text(of('route')),
    operation: text(of('graphql'), 128),
    status: status(of('status')),
    durationMs: scaled(of('milliseconds'), 1) ?? scaled(of('seconds'), 1000) ?? goDurationMs(of('duration')),
    userAgent: text(of('agent'), 512),
    // Nobody says who filled these fields: on a refused call they prove nothing.
    credential: id === null ? null : { id, type: 'api_key', isSaid: true },
    claims: isToken ? { iss, sub, azp, jti, aud: of('aud'), exp: of('exp'), scope: of('scope') } : null,
    authorization: text(of('authorization'), 16_384),
    apiKey: text(of('secret'), 4096),
    cookie: text(of('cookie'), 4096),
  };
}

export const aliases: Format = {
  id: 'aliases',
  title: 'Any JSON or key=value (logfmt) with the usual names',
  shape: 'json',
  isLastResort: true,
  matches(line) {
    const of = usualFields(line);
    if (of('time') === null || status(of('status')) === null) return false;
    return (
      text(of('target')) !== null || text(of('route')) !== null || text(of('line'))?.includes(' /') === true
    );
  },
  read: readUsual,
  pitfalls: [
    'Names are guessed: look at what `bearerwatch connect` shows, and write a mapping where a guess is wrong.',
    'A duration without a unit in its name or value is left out: it may be seconds, milliseconds or nanoseconds.',
    'A field called key, token or apikey is taken for the raw secret, and only its keyed hash is kept.',
    'Pairs key=value on a line of text are read alike; a value with a blank needs quotes, or a caller can write pairs of his own into it.',
    'The time is taken for the end of the request unless the field says that it is the start.',
  ],
  snippet: {
    language: 'json',
    text: `{"timestamp":"2026-01-05T10:00:00.250Z","request_id":"r-1","client_ip":"203.0.113.9","method":"GET",
 "path":"/orders/7","status":200,"duration_ms":15,"bytes_out":358,"user_agent":"orders-sync/2.1",
 "credential_id":"key-1","consumer":"orders-sync"}`,
  },
  yields: {
    byDefault: ['timestampMs', 'status', 'path'],
    withSnippet: [
      'credentialId',
      'clientAddress',
      'userAgent',
      'method',
      'responseBytes',
      'durationMs',
      'consumerId',
      'httpRequestId',
    ],
  },
  verified: 'lines of several home-made loggers, written for the tests',
};
