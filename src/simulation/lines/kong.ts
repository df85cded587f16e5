import type { UsageEvent } from '../../../schemas/usage-event.ts';
import { queryOf, rawSecretOf, uuidOf } from './line.ts';

/** Kong's log serializer: one object a request, the credential as its id; the URL as it was sent. */
export function kongLine(event: UsageEvent): string {
  const uri = (event.path ?? '/') + queryOf(event);
  const service = event.apiName ?? 'api';
  const consumer = event.consumerId ?? event.credentialId;
  const refused = event.status === 401;
  const querystring: Record<string, string> = {};
  for (const key of event.queryKeys) {
    if (event.secretQueryKeys.includes(key)) querystring[key] = rawSecretOf(event.credentialId);
    else if (key !== 'cursor' || event.pageCursor !== null)
      querystring[key] =
        key === 'page' ? String(event.pageNumber ?? 0) : key === 'cursor' ? (event.pageCursor ?? '') : '50';
  }
  const resource = (event.path ?? '/').split('/').slice(0, 3).join('/');
  const duration = Math.round(event.durationMs ?? 0);
  return JSON.stringify({
    request: {
      id: uuidOf(event.eventId).replaceAll('-', ''),
      uri,
      url: `https://${event.host}:8443${uri}`,
      querystring,
      method: event.method,
      headers: {
        host: event.host,
        'user-agent': event.userAgent ?? undefined,
        accept: 'application/json',
        'x-forwarded-for': event.clientAddress ?? undefined,
      },
      size: event.requestBytes ?? 412,
      tls: { version: 'TLSv1.3', cipher: 'TLS_AES_256_GCM_SHA384', client_verify: 'NONE' },
    },
    response: {
      status: event.status,
      headers: { 'content-type': 'application/json', via: '1.1 kong/3.9.0' },
      size: event.responseBytes ?? 0,
    },
    latencies: { kong: 1, proxy: refused ? -1 : Math.max(0, duration - 1), request: duration, receive: 0 },
    tries: refused
      ? []
      : [{ balancer_start: event.timestampMs, ip: '10.8.1.20', port: 8080, balancer_latency: 0 }],
    ...(refused
      ? {}
      : {
          authenticated_entity: { id: uuidOf(event.credentialId) },
          consumer: { id: uuidOf(consumer), username: consumer },
        }),
    route: {
      id: uuidOf(`route ${service} ${resource}`),
      name: `${service}${resource.replaceAll('/', '-')}`,
      paths: [resource],
      protocols: ['https'],
      service: { id: uuidOf(service) },
    },
    service: {
      id: uuidOf(service),
      name: service,
      host: `${service}.internal`,
      port: 8080,
      protocol: 'http',
    },
    upstream_uri: event.path,
    upstream_status: refused ? '' : String(event.status),
    client_ip: event.clientAddress,
    started_at: event.timestampMs,
    source: refused ? 'kong' : 'upstream',
    workspace: uuidOf('workspace'),
    workspace_name: 'default',
    ...(event.genAiToolName === null
      ? {}
      : {
          ai: {
            proxy: {
              meta: { provider_name: event.genAiProvider, request_model: event.genAiModel },
              usage: {
                prompt_tokens: event.genAiInputTokens,
                completion_tokens: event.genAiOutputTokens,
                cost: event.genAiCostUsd,
              },
            },
            mcp: {
              mcp_session_id: event.mcpSessionId,
              rpc: [{ method: event.mcpMethod, tool_name: event.genAiToolName }],
            },
          },
        }),
    ...(event.tokenIssuer !== null && event.tokenId !== null
      ? { jwt_jti: event.tokenId, jwt_exp: Math.floor((event.tokenExpiresAtMs ?? 0) / 1_000) }
      : {}),
  });
}
