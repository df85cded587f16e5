import { isMissing, type JsonObject } from '../text.ts';

/**
 * What a field is called in logs that nobody standardised: names compared without case and without
 * `. - _ $ : @`, of nested objects with those of their parents before them. The first in a list is the best.
 */
const names = {
  time: 'timestamp atimestamp time ts eventtime requesttimeepoch requesttime datetime date starttime startedat timelocal timeiso8601 msec',
  start: 'starttime startedat requeststart requeststarttime',
  method: 'httprequestmethod requestmethod httpmethod method verb csmethod reqmethod',
  status:
    'httpresponsestatuscode responsestatuscode responsecode httpstatuscode statuscode httpstatus status scstatus resstatuscode responsestatus code',
  line: 'requestline request',
  target:
    'urloriginal requesturi requesturl httptarget urlfull originalpath csuri requestpath urlpath path uri url csuristem requrl resource',
  query: 'urlquery querystring requestquery query args csuriquery',
  route:
    'httproute route routename routetemplate pathtemplate resourcepath routekey operation operationname operationid',
  graphql: 'graphqloperationname graphqloperation gqloperationname gqloperation',
  host: 'serveraddress hostname httphost authority requesthost host vhost cshost',
  client:
    'clientaddress clientip sourceip remoteip remoteaddr remoteaddress ipaddress callerip cip ip client remotehost clienthost srcip srcaddr remote',
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
export function usualFields(line: JsonObject): (slot: Slot) => unknown {
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
  'httprequest',
  'attributes',
]);
