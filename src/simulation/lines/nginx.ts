import type { UsageEvent } from '../../../schemas/usage-event.ts';
import { uuidOf } from './line.ts';

/** NGINX with the recommended JSON log format: every value a string, the time that of the answer. */
export function nginxLine(event: UsageEvent): string {
  const seconds = (ms: number) => (ms / 1_000).toFixed(3);
  const durationMs = Math.round(event.durationMs ?? 0);
  const text = (value: string | null) => value ?? '';
  return JSON.stringify({
    time: seconds(event.timestampMs + durationMs),
    request_id: uuidOf(event.eventId).replaceAll('-', ''),
    client_ip: text(event.clientAddress),
    xff: '',
    method: text(event.method),
    path: text(event.path),
    status: String(event.status ?? 0),
    bytes_in: String(event.requestBytes ?? 388),
    bytes_out: String(event.responseBytes ?? 0),
    duration_s: seconds(durationMs),
    upstream_s: seconds(durationMs),
    user_agent: text(event.userAgent),
    host: text(event.host),
    credential_id: event.tokenIssuer === null ? event.credentialId : '',
    jwt_iss: text(event.tokenIssuer),
    jwt_sub: text(event.tokenSubject),
    jwt_jti: event.tokenIssuer === null ? '' : text(event.tokenId),
    tls_cert: text(event.certSha256),
  });
}
