import type { UsageEvent } from '../../../schemas/usage-event.ts';
import { hashText } from '../random.ts';

/** Formats the simulation can write; the names pin the decoder's format. */
export const lineFormats = ['envoy', 'kong', 'nginx', 'cloudtrail', 'canonical'] as const;
export type LineFormat = (typeof lineFormats)[number];
/** The access-log line a gateway would write for the call, without the line's end. */
export type LineWriter = (event: UsageEvent) => string;

/** A UUID that is a function of the text. */
export function uuidOf(text: string): string {
  const part = (seed: number) => hashText(text, seed).toString(16).padStart(8, '0');
  const [a, b, c, d] = [part(1), part(2), part(3), part(4)] as [string, string, string, string];
  return `${a}-${b.slice(0, 4)}-4${b.slice(5)}-a${c.slice(1, 4)}-${c.slice(4)}${d}`;
}

/** What the client really sent as its key: only where a gateway would log it, in the URL. */
export function rawSecretOf(credentialId: string): string {
  return `demo-secret-${uuidOf(`secret ${credentialId}`).replaceAll('-', '')}`;
}

/** The query as it was sent: page, cursor and limit as harmless values, secrets in clear. */
export function queryOf(event: UsageEvent): string {
  const parts: string[] = [];
  for (const key of event.queryKeys) {
    if (event.secretQueryKeys.includes(key)) parts.push(`${key}=${rawSecretOf(event.credentialId)}`);
    else if (key === 'page') parts.push(`page=${event.pageNumber ?? 0}`);
    else if (key === 'cursor') {
      if (event.pageCursor !== null) parts.push(`cursor=${event.pageCursor}`);
    } else parts.push(`${key}=50`);
  }
  return parts.length === 0 ? '' : `?${parts.join('&')}`;
}

/** The client's port: a function of the call, as good as any. */
export function portOf(event: UsageEvent): number {
  return 32_768 + (hashText(event.eventId, 5) % 28_000);
}
