import { isIP } from 'node:net';
import { emptyUsageEvent } from '../../../schemas/usage-event.ts';
import type { FilledReading, Format } from '../format.ts';
import { amount, first, type JsonObject, status, text } from '../text.ts';
import { scaled } from './fields.ts';
import { withIngress } from './ingress-nginx.ts';

/** `GET /path HTTP/1.1` → its parts; what is no request line gives nulls. */
export function requestLine(request: string | null): { method: string | null; target: string | null } {
  if (request === null) return { method: null, target: null };
  const space = request.indexOf(' ');
  if (space < 0) return { method: null, target: null };
  const end = request.lastIndexOf(' ');
  return {
    method: text(request.slice(0, space), 32),
    target: text(
      end > space && request.startsWith('HTTP/', end + 1)
        ? request.slice(space + 1, end)
        : request.slice(space + 1),
      8192,
    ),
  };
}

export function readNginx(line: JsonObject): FilledReading {
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

const snippet = {
  language: 'nginx',
  text: `map $http_x_api_key $api_client { default ""; "the-key-of-client-1" "client-1"; }
log_format bearerwatch escape=json '{"time":"$msec","request_id":"$request_id","client_ip":"$remote_addr",'
  '"xff":"$http_x_forwarded_for","method":"$request_method","path":"$uri","status":"$status",'
  '"bytes_in":"$request_length","bytes_out":"$bytes_sent","duration_s":"$request_time",'
  '"upstream_s":"$upstream_response_time","user_agent":"$http_user_agent","host":"$host",'
  '"credential_id":"$api_client","remote_user":"$remote_user"}';
access_log /var/log/nginx/bearerwatch.log bearerwatch;`,
};

/** Names of NGINX's variables, or those of the snippet. */
function hasNames(line: JsonObject): boolean {
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
  if (line['x_credential_identifier'] !== undefined) return hasNames(line);
  return line['route_id'] !== undefined && (hasNames(line) || isRenamed(line));
}

/** The names of its documentation's example, to which everybody adds others. */
function isRenamed(line: JsonObject): boolean {
  return (
    line['status'] !== undefined &&
    line['client_ip'] !== undefined &&
    (line['request'] !== undefined || line['method'] !== undefined || line['uri'] !== undefined)
  );
}

export const nginx: Format = {
  id: 'nginx',
  title: 'NGINX, OpenResty, ingress-nginx (JSON)',
  shape: 'json',
  matches: (line) => hasNames(line) && !isFromApisix(line),
  read: readNginx,
  pitfalls: [
    'No credential by default; $http_authorization and $http_x_api_key are the raw secret: log a mapped id or a hash.',
    'Without escape=json quotes in a user agent break the line.',
    'request_time is in seconds; upstream_response_time may be a list.',
    '$remote_user is what the caller says, unless auth_basic checks it; $uri leaves out the query and the keys in it.',
    '$remote_addr is the load balancer unless the realip module is set up.',
  ],
  snippet,
  yields: {
    byDefault: ['timestampMs', 'method', 'path', 'status', 'responseBytes', 'userAgent', 'clientAddress'],
    withSnippet: ['credentialId', 'userId', 'durationMs', 'httpRequestId', 'requestBytes'],
  },
  verified: 'NGINX 1.22.1 run for real with the snippet; other JSON lines of NGINX and ingress-nginx',
};

const longestHead = 512;

/** The bracket of the time; of another one in front (ingress-nginx once wrote the address in it) it is told by its slashes. */
function placeOfTime(line: string): number {
  for (let at = line.indexOf(' ['); at > 0 && at < longestHead; at = line.indexOf(' [', at + 1))
    if (line[at + 4] === '/' && line[at + 8] === '/') return at + 1;
  return -1;
}

/** `host? address ident user [time] "request" status bytes "referer" "agent"`: read by position, in one pass. */
export function readCombined(line: string): FilledReading | null {
  const open = placeOfTime(line);
  const close = line.indexOf(']', open);
  const quote = line.indexOf('"', close);
  if (open < 1 || close < 0 || quote < 0) return null;
  const endOfRequest = closingQuote(line, quote);
  if (endOfRequest < 0) return null;
  const rest = line.slice(endOfRequest + 1).trim();
  const code = wordAt(rest, 0);
  if (!isCode(code)) return null;
  const asked = requestLine(withoutEscapes(line.slice(quote + 1, endOfRequest)));
  const event = emptyUsageEvent();
  event.responseBytes = amount(wordAt(rest, code.length + 1));
  const agent = placeOfAgent(rest);
  const reading = {
    time: line.slice(open + 1, close),
    timeIsEnd: true,
    event,
    forwardedFor: agent < 0 ? null : addressesAfter(rest, agent),
    method: asked.method,
    target: asked.target,
    status: status(code),
    userAgent: agent < 0 ? null : text(withoutEscapes(quotedAt(rest, agent)), 512),
  };
  const head = line.slice(0, open - 1).trim();
  const chained = head.indexOf(', ');
  return chained < 0 ? withHead(reading, head) : withChain(reading, head, chained);
}

/** `host? address ident user`, of which the last two may be missing. */
function withHead(reading: FilledReading, head: string): FilledReading {
  const second = head.indexOf(' ') + 1;
  const third = second === 0 ? 0 : head.indexOf(' ', second) + 1;
  const fourth = third === 0 ? 0 : head.indexOf(' ', third) + 1;
  // A user's name may hold blanks: only where the dash of nobody does not stand the first word is a host.
  const hasHost = fourth > 0 && head[second] !== '-';
  const user = third === 0 ? '' : hasHost || head[third] === '[' ? lastWord(head) : head.slice(third);
  reading.event.host = hasHost ? text(wordAt(head, 0)) : null;
  reading.event.userId = text(user);
  return { ...reading, client: text(wordAt(head, hasHost ? second : 0), 64) };
}

/** `client, proxy, proxy ident user`: where X-Forwarded-For is logged for the address. */
function withChain(reading: FilledReading, head: string, comma: number): FilledReading {
  const last = head.lastIndexOf(', ') + 2;
  const end = head.indexOf(' ', last);
  reading.event.userId = end < 0 ? null : text(lastWord(head));
  const chain = head.slice(0, end < 0 ? undefined : end);
  return {
    ...reading,
    client: text(wordAt(head, last), 64),
    forwardedFor: head.indexOf(' ') < comma ? null : text(chain, 1024),
  };
}

function lastWord(head: string): string {
  return head.slice(head.lastIndexOf(' ') + 1);
}

/** Three digits, or the dash of what was never answered. */
function isCode(word: string): boolean {
  if (word === '-') return true;
  return word.length === 3 && status(word) !== null ? true : word === '000';
}

/** A quoted field ends at the first quote not behind a backslash; most fields have none. */
function closingQuote(line: string, open: number): number {
  const quote = line.indexOf('"', open + 1);
  const backslash = line.indexOf('\\', open + 1);
  if (backslash < 0 || backslash > quote) return quote;
  for (let at = backslash; at < line.length; at += 1) {
    if (line[at] === '\\') at += 1;
    else if (line[at] === '"') return at;
  }
  return -1;
}

/** Empty beyond the end. */
function wordAt(line: string, start: number): string {
  const blank = line.indexOf(' ', start);
  return blank < 0 ? line.slice(start) : line.slice(start, blank);
}

/** The agent stands behind the referer; −1 where there is none. */
function placeOfAgent(rest: string): number {
  const first = rest.indexOf('"');
  const end = first < 0 ? -1 : closingQuote(rest, first);
  const second = end < 0 ? -1 : rest.indexOf('"', end + 1);
  return second >= 0 && closingQuote(rest, second) > second ? second : -1;
}

function quotedAt(rest: string, open: number): string {
  return rest.slice(open + 1, closingQuote(rest, open));
}

/** NGINX's own example has X-Forwarded-For behind the agent, in quotes; others write other things there. */
function addressesAfter(rest: string, agent: number): string | null {
  const open = rest.indexOf('"', closingQuote(rest, agent) + 1);
  if (open < 0) return null;
  const given = quotedAt(rest, open);
  const comma = given.indexOf(',');
  return isIP(comma < 0 ? given : given.slice(0, comma)) === 0 ? null : text(given, 1024);
}

/** Apache writes a quote as `\"`, NGINX as `\x22`, and both a byte beyond ASCII as `\xC3`. */
function withoutEscapes(value: string): string {
  let at = value.indexOf('\\');
  if (at < 0) return value;
  const bytes = Buffer.alloc(3 * value.length);
  let end = 0;
  let from = 0;
  for (; at >= 0; at = value.indexOf('\\', Math.max(from, at + 1))) {
    const next = value[at + 1];
    const byte =
      next === 'x' ? hexByte(value, at + 2) : next === '"' || next === '\\' ? next.charCodeAt(0) : -1;
    if (byte < 0) continue;
    end += bytes.write(value.slice(from, at), end);
    bytes[end] = byte;
    end += 1;
    from = at + (next === 'x' ? 4 : 2);
  }
  end += bytes.write(value.slice(from), end);
  return bytes.toString('utf8', 0, end);
}

/** Two hexadecimal digits as a number; -1 when they are not there. */
function hexByte(value: string, at: number): number {
  const [high, low] = [hexDigit(value.charCodeAt(at)), hexDigit(value.charCodeAt(at + 1))];
  return high < 0 || low < 0 ? -1 : 16 * high + low;
}

function hexDigit(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const letter = code | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}

/** Traefik's line is a combined one with more behind it: `… 12ms`. */
export function endsInDuration(line: string): boolean {
  const digit = line.charCodeAt(line.length - 3);
  return line.endsWith('ms') && digit >= 48 && digit <= 57;
}

/** `2021/12/01 13:53:33 [error] …`: errors are often shipped with the accesses. */
function isErrorLine(line: string): boolean {
  if (line[0] === '[') return line[4] === ' ' && line[8] === ' ' && isApacheError(line);
  return line[4] === '/' && line[7] === '/' && line[10] === ' ' && line.startsWith(' [', 19);
}

/** `[Wed Jan 05 11:00:00.123 2026] [core:error] [pid 7] …` */
function isApacheError(line: string): boolean {
  const close = line.indexOf('] [');
  return close > 20 && close < 40 && line[14] === ':' && line[17] === ':';
}

export const nginxCombined: Format = {
  id: 'nginx-combined',
  title: 'NGINX and Apache combined log (text)',
  shape: 'text',
  matches: (_line, line) => {
    if (isErrorLine(line)) return true;
    const open = placeOfTime(line);
    if (open < 0) return false;
    const close = line.indexOf(']', open);
    // Amazon's example for its API Gateway has no blank there.
    const isAsked = line.startsWith(' "', close + 1) || line.startsWith('"', close + 1);
    return close > 0 && isAsked && !endsInDuration(line);
  },
  read: (_line, line) =>
    (isErrorLine(line)
      ? { skip: "a line of NGINX's or Apache's error log" }
      : withIngress(line, readCombined(line))) ?? {
      refuse: 'missing-field',
      detail: 'the combined format needs address, [time], "request" and status',
    },
  pitfalls: [
    'The format has no place for a credential: callers are told apart by address only, until the log format is changed.',
  ],
  snippet,
  yields: {
    byDefault: ['timestampMs', 'method', 'path', 'status', 'responseBytes', 'userAgent', 'clientAddress'],
    withSnippet: ['credentialId', 'userId', 'durationMs', 'httpRequestId', 'requestBytes'],
  },
  verified: 'NGINX 1.22.1 run for real with its combined format; lines with a virtual host in front',
};
