import type { Format, Reading } from '../format.ts';
import { amount, type JsonObject, status, text } from '../text.ts';
import { between, looksHashed, ordinary, pick } from './fields.ts';

/** SHA-256 of nothing: what hashing the key gives for a call without one. */
const hashOfNothing = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

function keyOf(line: JsonObject): string | null {
  const key = text(pick(line, 'client_id', 'clientId'), 4096);
  return key === hashOfNothing ? null : key;
}

function read(line: JsonObject): Reading {
  const start = pick(
    line,
    'client_received_start_timestamp',
    'clientReceivedStartTimestamp',
    'client_received_end_timestamp',
    'proxyRequestReceived',
  );
  const end = pick(line, 'client_sent_end_timestamp', 'client_sent_start_timestamp', 'proxyResponseSent');
  const app = text(pick(line, 'developerAppId', 'developer_app_id'));
  const appName = text(pick(line, 'developer_app', 'developerApp', 'developerAppName'));
  const key = keyOf(line);
  const token = text(pick(line, 'access_token', 'accessToken'), 16_384);
  return {
    time: start ?? end,
    timeIsEnd: start === null,
    plain: {
      httpRequestId: text(pick(line, 'gateway_flow_id', 'messageId', 'message_id', 'correlationId')),
      gatewayName: text(pick(line, 'gateway_source', 'region')),
      environment: text(line['environment']),
      organizationId: text(line['organization']),
      host: text(pick(line, 'virtual_host', 'host')),
      requestBytes: amount(pick(line, 'request_size', 'requestSize')),
      responseBytes: amount(pick(line, 'response_size', 'responseSize')),
      upstreamDurationMs:
        between(line['target_sent_start_timestamp'], line['target_received_end_timestamp']) ??
        between(line['targetRequestSent'], line['targetResponseReceived']),
      errorType: text(pick(line, 'faultName', 'fault_name', 'x_apigee_fault_code')),
      consumerId: app ?? appName,
      consumerName: appName,
      apiName: text(pick(line, 'apiproxy', 'apiProxy')),
    },
    client: text(pick(line, 'client_ip', 'clientIp', 'x_forwarded_for_ip'), 64),
    forwardedFor: text(pick(line, 'xForwardedFor', 'x_forwarded_for'), 1024),
    method: text(pick(line, 'request_verb', 'verb', 'requestVerb'), 32),
    target: text(pick(line, 'request_uri', 'requestUri', 'request_path', 'requestUrl'), 8192),
    status: status(pick(line, 'response_status_code', 'proxyResponseCode', 'responseCode')),
    durationMs: start === null ? amount(line['total_response_time']) : between(start, end),
    userAgent: text(pick(line, 'useragent', 'userAgent', 'user_agent'), 512),
    authorization: token === null ? null : `Bearer ${token}`,
    // The client id is the key that callers present, not a name for it.
    apiKey: key,
    isKeyHashed: looksHashed(key),
    isKeyKnown: true,
  };
}

export const apigee: Format = {
  id: 'apigee',
  title: 'Google Apigee (MessageLogging, analytics records)',
  shape: 'json',
  matches: (line) =>
    line['client_received_start_timestamp'] !== undefined ||
    ((line['apiproxy'] !== undefined || line['apiProxy'] !== undefined) &&
      (line['client_id'] !== undefined || line['clientId'] !== undefined)),
  read,
  pitfalls: [
    'client_id is the consumer key, which is the API key itself: only its keyed hash is kept.',
    'access_token is the raw token: only its keyed hash is kept; leave it out of the log.',
    'A call without a key has the hash of nothing where the key is hashed: it counts as anonymous.',
    'There is no log file: what MessageLogging writes is what its author chose, under the names he chose.',
    'A MessageLogging policy outside the PostClientFlow runs before the answer is sent, and not at all after a fault.',
    'client.ip is the load balancer unless Apigee resolves X-Forwarded-For; log proxy.client.ip.',
  ],
  snippet: {
    language: 'xml',
    text: `<!-- In the PostClientFlow, which runs for refused calls too. The key is hashed before it is written. -->
<MessageLogging name="ML-Bearerwatch">
  <CloudLogging>
    <LogName>projects/{organization.name}/logs/bearerwatch</LogName>
    <Message contentType="application/json">{"organization":"{organization.name}","environment":"{environment.name}",
"apiProxy":"{apiproxy.name}","clientId":"{sha256Hex(client_id)}","developerApp":"{escapeJSON(developer.app.name)}",
"developerAppId":"{developer.app.id}","messageId":"{messageid}","clientIp":"{proxy.client.ip}","verb":"{request.verb}",
"requestUri":"{proxy.basepath}{escapeJSON(proxy.pathsuffix)}","userAgent":"{escapeJSON(request.header.user-agent)}",
"proxyResponseCode":"{response.status.code}","faultName":"{fault.name}",
"proxyRequestReceived":"{client.received.start.timestamp}","proxyResponseSent":"{client.sent.end.timestamp}",
"targetRequestSent":"{target.sent.start.timestamp}","targetResponseReceived":"{target.received.end.timestamp}"}</Message>
  </CloudLogging>
</MessageLogging>`,
  },
  yields: {
    byDefault: [],
    withSnippet: [
      ...ordinary.filter((field) => field !== 'responseBytes'),
      'credentialId',
      'consumerId',
      'httpRequestId',
      'upstreamDurationMs',
      'organizationId',
    ],
  },
  verified: "lines written after the shape of Google's shared flow and its analytics records; not run",
};
