import type { Format, GatewayCredential, Reading } from '../format.ts';
import { amount, type JsonObject, object, status, text } from '../text.ts';
import { hostOf } from './fields.ts';

/** A text that names something: calls without a token carry words in its place. */
function named(value: unknown, max = 256): string | null {
  const name = text(value, max);
  return name === null || name.toLowerCase() === 'anonymous' || name.toLowerCase() === 'unknown'
    ? null
    : name;
}

/** An application has keys of two kinds, production and sandbox, and may use both. */
function credentialOf(line: JsonObject, application: string | null): GatewayCredential | null {
  if (application === null) return null;
  const kind = named(line['keyType'], 32);
  return {
    id: kind === null ? application : `${application}:${kind}`,
    type: 'oauth_client',
    name: named(line['applicationName']),
  };
}

/** `/pizzashack/1.0.0` and `/menu/{id}`; the resource alone would be the same for every API. */
function routeOf(line: JsonObject, properties: JsonObject): string | null {
  const template = text(line['apiResourceTemplate'], 512);
  if (template === null) return null;
  const context = text(line['apiContext'] ?? properties['apiContext'], 256) ?? '';
  return `${context.endsWith('/') ? context.slice(0, -1) : context}${template.startsWith('/') ? '' : '/'}${template}`;
}

function read(line: JsonObject): Reading {
  const application = named(line['applicationId'], 128);
  const properties = object(line['properties']);
  const usage = object(line['aiTokenUsage']);
  const ai = object(line['aiMetadata']);
  return {
    time: line['requestTimestamp'],
    plain: {
      httpRequestId: text(line['correlationId']),
      gatewayName: named(line['regionId']),
      environment: named(line['keyType']),
      organizationId: named(line['apiCreatorTenantDomain']),
      responseBytes: amount(properties['responseSize']),
      upstreamDurationMs: amount(line['backendLatency']),
      upstreamName: hostOf(line['destination']),
      errorType: text(line['errorMessage']) ?? text(line['errorType']),
      consumerId: application,
      consumerName: named(line['applicationName']),
      userId: named(line['userName'] ?? properties['userName']),
      tokenId: text(properties['jwt_jti']),
      tokenIssuer: text(properties['tokenIssuer']),
      apiId: text(line['apiId']),
      apiName: text(line['apiName']),
      genAiProvider: named(ai['vendorName']),
      genAiModel: named(ai['model']),
      genAiInputTokens: amount(usage['promptTokens']),
      genAiOutputTokens: amount(usage['completionTokens']),
    },
    client: text(line['userIp'], 64),
    method: text(line['apiMethod'], 32),
    target: text(properties['requestPath'], 8192),
    route: routeOf(line, properties),
    status: status(line['proxyResponseCode']),
    durationMs: amount(line['responseLatency']),
    userAgent: named(properties['userAgent']) ?? named(line['userAgent']),
    credential: credentialOf(line, application),
  };
}

export const wso2: Format = {
  id: 'wso2',
  title: 'WSO2 API Manager (analytics log, apim_metrics.log)',
  shape: 'json',
  matches: (line) =>
    line['proxyResponseCode'] !== undefined &&
    line['apiId'] !== undefined &&
    (line['apiResourceTemplate'] !== undefined || line['errorType'] !== undefined),
  read,
  pitfalls: [
    'The application is logged, not its key or token: a stolen token looks like its application.',
    'There is no path, only the template of the resource: which object was asked for stays unknown.',
    'Refused and throttled calls have neither address nor method, so failures cannot be told by caller.',
    'userAgent is the family only (Chrome, curl): a changed client of the same family does not show.',
    'userIp is the load balancer unless the gateway reads X-Forwarded-For.',
  ],
  snippet: {
    language: 'toml',
    text: `# deployment.toml; ship repository/logs/apim_metrics.log with Filebeat or Vector to Kafka, lines as they are.
[apim.analytics]
enable = true
type = "elk"
# A class that implements AnalyticsCustomDataProvider may add to "properties" what the event lacks:
# jwt_jti (the token's id, never the token), requestPath (without its query), userAgent (the whole header).
properties."publisher.custom.data.provider.class" = "com.example.BearerwatchDataProvider"`,
  },
  yields: {
    byDefault: [
      'timestampMs',
      'method',
      'route',
      'status',
      'durationMs',
      'upstreamDurationMs',
      'userAgent',
      'clientAddress',
      'credentialId',
      'consumerId',
      'userId',
      'httpRequestId',
      'apiId',
    ],
    withSnippet: ['path', 'tokenId'],
  },
  verified: "lines written after the documentation's samples of responses and faults; not run",
};
