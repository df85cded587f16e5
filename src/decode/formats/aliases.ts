import type { Format, Reading } from '../format.ts';
import { amount, isMissing, type JsonObject, status, text } from '../text.ts';
import { goDurationMs, scaled } from './fields.ts';
import { requestLine } from './nginx.ts';

/**
 * What a field is called in logs that nobody standardised: names compared without case and without
 * `. - _ $ : @`, of nested objects with those of their parents before them. The first in a list is the best.
 */
const names = {
  time: 'timestamp atimestamp time ts eventtime requesttime datetime date starttime startedat timelocal timeiso8601 msec',
  start: 'starttime startedat requeststart requeststarttime',
  method: 'httprequestmethod requestmethod httpmethod method verb csmethod reqmethod',
  status:
    'httpresponsestatuscode responsestatuscode responsecode httpstatuscode statuscode httpstatus status scstatus resstatuscode responsestatus code',
  line: 'requestline request',
  target:
    'urloriginal requesturi requesturl httptarget urlfull originalpath csuri requestpath urlpath path uri url csuristem requrl resource',
  query: 'urlquery querystring requestquery query args csuriquery',
  route: 'httproute route routename routetemplate pathtemplate operation operationname operationid',
  graphql: 'graphqloperationname graphqloperation gqloperationname gqloperation',
  host: 'serveraddress hostname httphost authority requesthost host vhost cshost',
  client: 'clientaddress clientip sourceip remoteip remoteaddr remoteaddress ipaddress callerip cip ip',
  forwarded: 'xforwardedfor httpxforwardedfor xff forwardedfor requestheadersxforwardedfor',
  agent: 'useragentoriginal useragent httpuseragent requestheadersuseragent csuseragent agent ua',
  requestBytes: 'httprequestsize requestsize requestlength bytesin bytesreceived requestbytes csbytes',
  responseBytes:
    'httpresponsesize responsesize responselength bytesout bytessent bodybytessent responsebytes scbytes contentlength bytes size',
  milliseconds: 'durationms latencyms elapsedms responsetimems requesttimems tookms timetakenms ms',
  seconds: 'durations latencys durationseconds elapsedseconds',
  duration: 'duration latency elapsed took timetaken responsetime',
  requestId: 'httprequestid requestid reqid xrequestid correlationid requestheadersxrequestid',
  trace: 'traceid trace',
  consumer: 'consumerid consumer consumername applicationid application appid appname clientname',
  user: 'userid enduserid username user remoteuser',
  organization: 'organizationid orgid tenantid tenant accountid',
  credential: 'credentialid apikeyid keyid accesskeyid tokenhash apikeyhash keyhash clientid oauthclientid',
  secret:
    'apikey xapikey requestheadersxapikey requestheadersapikey httpxapikey accesstoken token key subscriptionkey',
  authorization: 'authorization httpauthorization requestheadersauthorization authheader',
  cookie: 'cookie httpcookie requestheaderscookie',
  iss: 'jwtiss tokenissuer iss issuer claimsiss jwtclaimsiss',
  sub: 'jwtsub tokensubject sub subject claimssub jwtclaimssub principal principalid',
  azp: 'jwtazp tokenauthorizedparty azp jwtclientid claimsazp claimsclientid',
  aud: 'jwtaud tokenaudience aud audience claimsaud',
  jti: 'jwtjti tokenid jti claimsjti',
  exp: 'jwtexp tokenexpiresat exp claimsexp',
  scope: 'jwtscope tokenscopes scope scopes claimsscope scp',
  environment: 'deploymentenvironment environment env stage',
  ja4: 'tlsclientja4 ja4 tlsja4',
  certificate: 'tlsclienthashsha256 certsha256 clientcertsha256 tlspeersha256 clientcertfingerprint',
} as const;
type Slot = keyof typeof names;

const slots = Object.keys(names) as Slot[];
/** By name: the slots it may fill, with its rank in each. */
const known = new Map<string, (readonly [slot: number, rank: number])[]>();
slots.forEach((slot, s) => {
  names[slot].split(' ').forEach((name, rank) => {
    known.set(name, [...(known.get(name) ?? []), [s, rank]]);
  });
});

const mostDepth = 4;
const mostKeys = 256;
const longestName = 64;
const spellings = new Map<string, string>();
const mostSpellings = 4096;

/** `X-Forwarded-For`, `http.request.method`, `$time_local` as letters and digits only. */
function spelled(key: string): string {
  let plain = spellings.get(key);
  if (plain !== undefined) return plain;
  plain = '';
  for (let i = 0; i < key.length && i < longestName; i += 1) {
    const code = key.charCodeAt(i);
    if (code === 64) plain += 'a';
    else if (code >= 65 && code <= 90) plain += String.fromCharCode(code + 32);
    else if ((code >= 97 && code <= 122) || (code >= 48 && code <= 57)) plain += key[i];
  }
  if (spellings.size >= mostSpellings) spellings.clear();
  spellings.set(key, plain);
  return plain;
}

/** The best value for each slot; null where no field has one of its names. */
function gather(line: JsonObject): (slot: Slot) => unknown {
  const values = new Array<unknown>(slots.length).fill(null);
  const ranks = new Array<number>(slots.length).fill(Number.POSITIVE_INFINITY);
  let left = mostKeys;
  const walk = (object: JsonObject, above: string, depth: number) => {
    for (const key of Object.keys(object)) {
      if (left <= 0) return;
      left -= 1;
      const value = object[key];
      const name = above + spelled(key);
      if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
        // What collectors wrap a line in says nothing about its fields.
        if (depth < mostDepth) walk(value as JsonObject, wrappers.has(name) ? '' : name, depth + 1);
        continue;
      }
      if (isMissing(value)) continue;
      for (const [slot, rank] of known.get(name) ?? []) {
        if (rank >= (ranks[slot] as number)) continue;
        values[slot] = value;
        ranks[slot] = rank;
      }
    }
  };
  walk(line, '', 1);
  return (slot) => values[slots.indexOf(slot)];
}

const wrappers = new Set([
  'log',
  'data',
  'event',
  'fields',
  'http',
  'accesslog',
  'record',
  'labels',
  'req',
  'res',
]);

function read(line: JsonObject): Reading {
  const of = gather(line);
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
  title: 'Any JSON with the usual names',
  shape: 'json',
  isLastResort: true,
  matches(line) {
    const of = gather(line);
    if (of('time') === null || status(of('status')) === null) return false;
    return (
      text(of('target')) !== null || text(of('route')) !== null || text(of('line'))?.includes(' /') === true
    );
  },
  read,
  pitfalls: [
    'Names are guessed: look at what `bearerwatch connect` shows, and write a mapping where a guess is wrong.',
    'A duration without a unit in its name or value is left out: it may be seconds, milliseconds or nanoseconds.',
    'A field called key, token or apikey is taken for the raw secret, and only its keyed hash is kept.',
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
