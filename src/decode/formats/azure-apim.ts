import type { Format, GatewayCredential, ReadResult } from '../format.ts';
import { amount, type JsonObject, object, status, text } from '../text.ts';
import { apiKeyOf, header, lowerCased, pick } from './fields.ts';

function credentialOf(properties: JsonObject): GatewayCredential | null {
  const subscription = text(pick(properties, 'apimSubscriptionId', 'ApimSubscriptionId'));
  if (subscription !== null) return { id: subscription, type: 'subscription' };
  const user = text(pick(properties, 'userId', 'UserId'));
  return user === null ? null : { id: `user:${user}`, type: 'subscription' };
}

const operations = 'Microsoft.ApiManagement/';
/** Beside the calls; each has records of its own. */
const categories = new Set<unknown>([
  'GatewayLlmLogs',
  'WebSocketConnectionLogs',
  'DeveloperPortalAuditLogs',
]);

function kindOf(line: JsonObject): unknown {
  return line['category'] ?? line['Category'];
}

function isOfApim(operation: unknown): boolean {
  return typeof operation === 'string' && operation.startsWith(operations);
}

/** In an event hub, in a workspace's own table, and in its table of everything. */
function isOfCalls(line: JsonObject): boolean {
  return (
    kindOf(line) === 'GatewayLogs' ||
    (line['operationName'] ?? line['OperationName']) === `${operations}GatewayLogs` ||
    line['Type'] === 'ApiManagementGatewayLogs'
  );
}

/** The table of everything has `method_s`, `responseCode_d`, `isRequestSuccess_b` for a text, a number, a truth. */
function withoutSuffixes(line: JsonObject): JsonObject {
  if (line['method_s'] === undefined && line['url_s'] === undefined && line['responseCode_d'] === undefined)
    return line;
  const plain = Object.keys(line)
    .slice(0, 256)
    .map((key) => [key.at(-2) === '_' ? key.slice(0, -2) : key, line[key]] as const);
  return { ...Object.fromEntries(plain), ...line };
}

function read(line: JsonObject): ReadResult {
  // Tokens of a model's answer come in a record of their own, without caller, path and status.
  if (pick(line, 'category', 'Category') === 'GatewayLlmLogs')
    return { skip: 'token counts of a call, logged apart from it; the call itself is in GatewayLogs' };
  if (!isOfCalls(line)) return { skip: 'a record of API Management that tells of no call' };
  const from = withoutSuffixes({ ...line, ...object(line['properties']) });
  const headers = lowerCased(object(pick(from, 'requestHeaders', 'RequestHeaders')));
  const api = text(pick(from, 'apiId', 'ApiId'));
  const operation = text(pick(from, 'operationId', 'OperationId'));
  const lastError = object(pick(from, 'lastError', 'LastError'));
  return {
    time: pick(line, 'time', 'TimeGenerated', 'timestamp'),
    plain: {
      httpRequestId: text(pick(from, 'correlationId', 'CorrelationId')),
      gatewayName: text(pick(from, 'DeploymentName', 'location', 'Region')),
      requestBytes: amount(pick(from, 'requestSize', 'RequestSize')),
      responseBytes: amount(pick(from, 'responseSize', 'ResponseSize')),
      upstreamDurationMs: amount(pick(from, 'backendTime', 'BackendTime')),
      errorType: text(lastError['reason']),
      consumerId: text(pick(from, 'userId', 'UserId')),
      apiId: api,
      apiName: text(pick(from, 'productId', 'ProductId')),
      tlsVersion: text(pick(from, 'clientTlsVersion', 'ClientTlsVersion'), 32),
    },
    client: text(pick(from, 'callerIpAddress', 'CallerIpAddress', 'CallerIPAddress'), 64),
    method: text(pick(from, 'method', 'Method'), 32),
    target: text(pick(from, 'url', 'Url'), 8192),
    route: operation === null ? null : api === null ? operation : `${api}:${operation}`,
    status: status(pick(from, 'responseCode', 'ResponseCode')),
    durationMs: amount(pick(from, 'durationMs', 'TotalTime', 'DurationMs')),
    forwardedFor: header(headers, 'x-forwarded-for', 1024),
    userAgent: header(headers, 'user-agent', 512),
    credential: credentialOf(from),
    authorization: header(headers, 'authorization', 16_384),
    apiKey: apiKeyOf(headers),
  };
}

export const azureApim: Format = {
  id: 'azure-apim',
  title: 'Azure API Management (GatewayLogs; Event Hubs speaks Kafka)',
  shape: 'json',
  matches: (line) => isOfCalls(line) || categories.has(kindOf(line)) || isOfApim(line['operationName']),
  read,
  pitfalls: [
    'The subscription is logged, not which of its two keys was used.',
    'callerIpAddress is the immediate caller: Application Gateway or Front Door where one stands in front.',
    'The url holds the query with ?subscription-key=; only its hash is kept.',
    'GatewayLlmLogs carry token counts without the caller: they are skipped, and the calls read from GatewayLogs.',
    'log-to-eventhub cuts messages at 200 kB.',
  ],
  snippet: {
    language: 'bash',
    text: `# Diagnostic setting → Event Hub, which Bearerwatch reads over the Kafka protocol (port 9093, SASL PLAIN).
az monitor diagnostic-settings create --name bearerwatch --resource "$APIM_ID" \\
  --event-hub bearerwatch --event-hub-rule "$EVENT_HUB_RULE_ID" \\
  --logs '[{"category":"GatewayLogs","enabled":true}]'
# The user agent is logged only when named: API → Settings → Diagnostics → Headers to log: User-Agent.`,
  },
  yields: {
    byDefault: [
      'timestampMs',
      'credentialId',
      'method',
      'path',
      'route',
      'status',
      'requestBytes',
      'responseBytes',
      'durationMs',
      'clientAddress',
      'httpRequestId',
    ],
    withSnippet: ['userAgent'],
  },
  verified: 'a line of the GatewayLogs category; PascalCase names after the documentation of its table',
};
