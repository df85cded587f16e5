import type { Format, GatewayCredential, ReadResult } from '../format.ts';
import { amount, isMissing, type JsonObject, number, object, status, text, texts } from '../text.ts';
import { apiKeyOf, countryCode, header, lowerCased } from './fields.ts';

/** Calls: the Application Activity classes (600x), of which 6003 is API Activity, and HTTP Activity. */
function isCall(classUid: number): boolean {
  return (classUid > 6000 && classUid < 7000) || classUid === 4002;
}

const mostHeaders = 100;

/** `[{name, value}]` → headers by lower-case name. */
function headersOf(list: unknown): JsonObject {
  if (!Array.isArray(list)) return {};
  const pairs = list.slice(0, mostHeaders).map((entry) => {
    const { name, value } = object(entry);
    return [typeof name === 'string' ? name : '', value] as const;
  });
  return lowerCased(Object.fromEntries(pairs));
}

function firstOf(list: unknown): JsonObject {
  return object(Array.isArray(list) ? list[0] : null);
}

/**
 * The key's own id where the producer names one. Temporary keys of a cloud (ASIA…) are the tokens of
 * the role session that holds them, as in CloudTrail's own records.
 */
function credentialOf(line: JsonObject, isRefused: boolean): GatewayCredential | null {
  const actor = object(line['actor']);
  const user = object(actor['user']);
  const session = object(actor['session']);
  const token = object(object(line['api'])['token']);
  const programmatic = firstOf(user['programmatic_credentials']);
  const name = text(user['name']) ?? text(token['name']);
  const key = text(programmatic['uid']) ?? text(user['credential_uid']) ?? text(session['credential_uid']);
  if (key?.startsWith('ASIA')) {
    const role = text(session['issuer']);
    const arn = text(user['uid']);
    const holder = arn === null ? null : arn.slice(arn.lastIndexOf('/') + 1);
    const id = role === null ? arn : `${role}/${holder ?? ''}`;
    return {
      id: (id ?? key).slice(0, 256),
      type: 'cloud_access_key',
      name: name ?? holder,
      token: key,
      isSaid: isRefused,
    };
  }
  if (key !== null) {
    const isCloud = key.startsWith('AKIA') || object(line['cloud'])['provider'] !== undefined;
    return { id: key, type: isCloud ? 'cloud_access_key' : 'api_key', name, isSaid: isRefused };
  }
  const uid = text(token['uid']);
  // Only keys and client secrets live long enough to be a caller; the others are one token of theirs.
  if (uid === null || isShortLived(token)) return null;
  return {
    id: uid,
    type: number(token['type_id']) === 6 ? 'oauth_client' : 'api_key',
    name,
    isSaid: isRefused,
  };
}

/** Of the kinds of token, 6 is a client's and 7 an API key; 0 and none say nothing. */
function isShortLived(token: JsonObject): boolean {
  const kind = number(token['type_id']);
  return kind !== null && kind >= 1 && kind <= 5;
}

/** Producers without HTTP say how it ended in words and in `status_id` (1 success, 2 failure). */
function statusOf(line: JsonObject): number | null {
  const response = object(object(line['api'])['response']);
  const code =
    status(object(line['http_response'])['code']) ?? status(response['code']) ?? status(line['status_code']);
  if (code !== null) return code;
  const error = text(response['error']);
  if (error === null) return number(line['status_id']) === 1 ? 200 : null;
  const word = error.toLowerCase();
  if (['denied', 'unauthorizedoperation', 'forbidden', 'notauthorized'].some((one) => word.includes(one)))
    return 403;
  if (
    ['expiredtoken', 'unauthenticated', 'invalidclienttoken', 'signature'].some((one) => word.includes(one))
  )
    return 401;
  if (word.includes('throttl') || word.includes('toomany')) return 429;
  if (word.includes('notfound') || word.includes('nosuch')) return 404;
  return 400;
}

function targetOf(request: JsonObject): string | null {
  const url = object(request['url']);
  const path = text(url['path'], 8192);
  if (path === null) return text(url['url_string'], 8192) ?? text(request['url'], 8192);
  const query = text(url['query_string'], 8192) ?? text(request['args'], 8192);
  return query === null || path.includes('?') ? path : `${path}?${query}`;
}

/** A route's template stands for itself; an operation's name is told apart by its service. */
function routeOf(operation: string | null, service: string | null): string | null {
  if (operation === null) return null;
  return operation.includes('/') || service === null ? operation : `${service}:${operation}`;
}

function resourceOf(line: JsonObject): string | null {
  const resource = firstOf(line['resources'] ?? line['web_resources']);
  return text(resource['uid']) ?? text(resource['name']);
}

function read(line: JsonObject): ReadResult {
  const classUid = number(line['class_uid']) ?? 0;
  if (!isCall(classUid)) return { skip: 'an OCSF event of a class that tells of no call' };
  const actor = object(line['actor']);
  const user = object(actor['user']);
  const session = object(actor['session']);
  const api = object(line['api']);
  const service = object(api['service']);
  const token = object(api['token']);
  const request = object(line['http_request']);
  const response = object(line['http_response']);
  const url = object(request['url']);
  const source = object(line['src_endpoint']);
  const metadata = object(line['metadata']);
  const tls = object(line['tls']);
  const model = object(line['ai_model']);
  const usage = object(line['message_context']);
  const headers = headersOf(request['http_headers']);
  const operation = text(api['operation'], 512);
  const serviceName = text(service['name']);
  const asn = number(object(source['autonomous_system'])['number']);
  const code = statusOf(line);
  const isFailure = number(line['status_id']) === 2;
  const start = line['start_time'] ?? line['start_time_dt'];
  return {
    time: isMissing(start) ? (line['time'] ?? line['time_dt']) : start,
    plain: {
      eventId: text(metadata['uid']) ?? '',
      httpRequestId: text(request['uid']) ?? text(object(api['request'])['uid']),
      traceId: text(object(line['trace'])['uid'], 64),
      gatewayName: text(object(metadata['product'])['name']),
      organizationId:
        text(object(user['org'])['uid']) ??
        text(token['tenant_uid']) ??
        text(object(user['account'])['uid']) ??
        text(object(object(line['cloud'])['account'])['uid']),
      host: text(url['hostname']),
      requestBytes: amount(request['length']),
      responseBytes: amount(response['length']),
      errorType: text(object(api['response'])['error']),
      ...(isFailure ? { outcome: 'failure' as const } : {}),
      userId: text(user['uid']) ?? text(user['name']),
      consumerId: text(actor['app_uid']),
      consumerName: text(actor['app_name']),
      apiId: text(service['uid']),
      apiName: serviceName,
      objectId: resourceOf(line),
      tokenId: isShortLived(token) ? text(token['uid']) : text(session['uid']),
      tokenIssuer: text(session['issuer']),
      tokenExpiresAtMs: amount(token['expiration_time']),
      tokenIssuedAtMs: amount(token['created_time']),
      clientAsn: asn !== null && Number.isSafeInteger(asn) ? asn : null,
      clientCountry: countryCode(object(source['location'])['country']),
      certSubject: text(object(tls['certificate'])['subject']),
      certIssuer: text(object(tls['certificate'])['issuer']),
      certSerial: text(object(tls['certificate'])['serial_number'], 128),
      ja3: text(object(tls['ja3_hash'])['value'], 64),
      ja4: ja4Of(line),
      tlsVersion: text(tls['version'], 32),
      upstreamName:
        text(object(line['dst_endpoint'])['svc_name']) ?? text(object(line['dst_endpoint'])['hostname']),
      genAiProvider: text(model['ai_provider']),
      genAiModel: text(model['name']),
      genAiInputTokens: amount(usage['prompt_tokens']),
      genAiOutputTokens: amount(usage['completion_tokens']),
    },
    peer: text(object(source['proxy_endpoint'])['ip'], 64),
    client: text(source['ip'], 64),
    forwardedFor: forwardedOf(request['x_forwarded_for'], headers),
    method: text(request['http_method'], 32),
    target: targetOf(request),
    route: routeOf(operation, serviceName),
    status: code,
    durationMs: amount(line['duration']) ?? amount(response['latency']),
    userAgent: text(request['user_agent'], 512) ?? header(headers, 'user-agent', 512),
    credential: credentialOf(line, code === 401),
    authorization: header(headers, 'authorization', 16_384),
    apiKey: apiKeyOf(headers),
    cookie: header(headers, 'cookie', 4096),
  };
}

function forwardedOf(list: unknown, headers: JsonObject): string | null {
  return Array.isArray(list) ? texts(list, 32).join(', ') : header(headers, 'x-forwarded-for', 1024);
}

function ja4Of(line: JsonObject): string | null {
  for (const holder of [line, object(line['tls']), firstOf(line['evidences'])]) {
    const value = text(firstOf(holder['ja4_fingerprint_list'])['value'], 64);
    if (value !== null) return value;
  }
  return null;
}

export const ocsf: Format = {
  id: 'ocsf',
  title: 'OCSF API Activity (class 6003, other application classes, HTTP Activity)',
  shape: 'json',
  matches: (line) => {
    const uid = line['class_uid'];
    return (
      uid !== undefined &&
      number(uid) !== null &&
      (line['metadata'] !== undefined || line['time'] !== undefined)
    );
  },
  read,
  pitfalls: [
    'api.token came with 1.8 and programmatic_credentials with 1.6; credential_uid, which they replace, is read too.',
    'Records that come from CloudTrail hold no path and no latency, and their status is told from the error.',
    'http_request.http_headers may hold raw secrets: only their hashes are kept.',
    'The schema has no place for the claims of a token, except issuer, user and scopes.',
    'Findings, authentications and other classes are counted as skipped.',
    'Parquet files, as in a security lake, are not read: send JSON.',
  ],
  snippet: {
    language: 'json',
    text: `{"class_uid":6003,"category_uid":6,"activity_id":2,"time":1767607200250,"duration":15,"status_id":1,
"metadata":{"version":"1.8.0","uid":"EVENT-ID","product":{"name":"gateway"}},
"actor":{"app_uid":"CONSUMER-ID","user":{"uid":"USER-ID"}},
"api":{"operation":"GET /orders/{id}","service":{"name":"orders"},"token":{"uid":"ID-OF-THE-KEY-NEVER-THE-KEY","type_id":7}},
"http_request":{"uid":"REQUEST-ID","http_method":"GET","url":{"hostname":"api.example.com","path":"/orders/1007"},"user_agent":"curl/8","length":120},
"http_response":{"code":200,"length":512},
"src_endpoint":{"ip":"203.0.113.9"}}`,
  },
  yields: {
    byDefault: [
      'timestampMs',
      'route',
      'status',
      'userAgent',
      'clientAddress',
      'userId',
      'credentialId',
      'apiName',
    ],
    withSnippet: [
      'method',
      'path',
      'host',
      'durationMs',
      'requestBytes',
      'responseBytes',
      'consumerId',
      'httpRequestId',
    ],
  },
  verified:
    'lines written after the schema and after the published mapping of CloudTrail to it; no producer run',
};
