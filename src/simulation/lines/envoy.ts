import type { UsageEvent } from '../../../schemas/usage-event.ts';
import { portOf, queryOf, uuidOf } from './line.ts';

/** Istio's JSON access log with the claims of the token, the client's id and its fingerprints added to it. */
export function envoyLine(event: UsageEvent): string {
  const { path, clientAddress: address } = event;
  const refused = event.status === 401;
  return JSON.stringify({
    authority: event.host,
    bytes_received: event.requestBytes ?? 0,
    bytes_sent: event.responseBytes ?? 0,
    downstream_local_address: '10.4.0.17:8443',
    downstream_remote_address: address === null ? null : `${address}:${portOf(event)}`,
    duration: event.durationMs === null ? 0 : Math.round(event.durationMs),
    method: event.method,
    path: path === null ? null : path + queryOf(event),
    protocol: 'HTTP/2',
    request_id: uuidOf(event.eventId),
    requested_server_name: event.host,
    response_code: event.status,
    response_code_details: refused ? 'jwt_authn_access_denied{Jwt_is_expired}' : 'via_upstream',
    response_flags: event.status === 503 ? 'UF' : '-',
    route_name: null,
    start_time: new Date(event.timestampMs).toISOString(),
    upstream_cluster: `outbound|8080||${event.apiName}.default.svc.cluster.local`,
    upstream_host: refused ? null : '10.4.3.9:8080',
    upstream_service_time:
      refused || event.durationMs === null ? null : String(Math.max(1, Math.round(event.durationMs) - 1)),
    user_agent: event.userAgent,
    x_forwarded_for: address,
    jwt_iss: event.tokenIssuer,
    jwt_sub: event.tokenSubject,
    jwt_azp: event.tokenAuthorizedParty,
    jwt_jti: event.tokenIssuer === null ? null : event.tokenId,
    jwt_aud: event.tokenAudience.length > 0 ? JSON.stringify(event.tokenAudience) : null,
    jwt_scope: event.tokenScopes.length > 0 ? JSON.stringify(event.tokenScopes) : null,
    jwt_exp: event.tokenExpiresAtMs === null ? null : Math.floor(event.tokenExpiresAtMs / 1_000),
    jwt_iat: event.tokenIssuedAtMs === null ? null : Math.floor(event.tokenIssuedAtMs / 1_000),
    ...(event.tokenIssuer !== null && event.tokenBoundKey !== null
      ? { jwt_cnf_jkt: event.tokenBoundKey, dpop_jkt: event.presentedKey, dpop_jti: event.proofId }
      : {}),
    client_id: event.credentialType === 'api_key' ? event.credentialId : null,
    tls_peer_sha256: event.certSha256,
    ja4: event.ja4,
  });
}
