import type { UsageEvent } from '../../schemas/usage-event.ts';
import { objectText } from './apis.ts';
import { type Call, type Credential, hourMs, type Slot, type Token } from './credential.ts';
import { hashText, type Random } from './random.ts';

const pageKeys: readonly string[] = ['page', 'limit'];
const cursorKeys: readonly string[] = ['cursor', 'limit'];
const none: readonly string[] = [];

/** The fields of a credential's events that change only with its slot. */
export function slotTemplate(credential: Credential, slot: Slot): UsageEvent {
  const { gateway, base } = credential;
  const { token } = slot;
  const network = gateway.logsNetwork;
  const keepsToken = token !== null && gateway.logsToken;
  return {
    ...base,
    clientAddress: network ? slot.address : null,
    clientAddressSource: network ? 'gateway' : null,
    peerAddress: network ? slot.address : null,
    clientAsn: network ? slot.network.asn : null,
    clientAsName: network ? slot.network.name : null,
    clientCountry: network ? slot.network.country : null,
    userAgent: gateway.logsClient ? slot.client.userAgent : null,
    ja4: gateway.logsClient && gateway.logsTls ? slot.client.ja4 : null,
    tokenId: keepsToken ? token.id : null,
    tokenIssuedAtMs: keepsToken ? token.issuedAtMs : null,
    tokenExpiresAtMs: keepsToken ? token.expiresAtMs : null,
    tokenFamilyId: keepsToken ? token.familyId : null,
    tokenParentId: keepsToken ? token.parentId : null,
  };
}

/** A fresh event of one call; `tag` and `sequence` make its id. */
export function eventOf(
  credential: Credential,
  call: Call,
  timeMs: number,
  tag: string,
  sequence: number,
): UsageEvent {
  const { slot, operation, status } = call;
  const { base } = credential;
  // A rotated key or another scope shows at every place, the intruder's too.
  if (slot.template?.base !== base) slot.template = { base, event: slotTemplate(credential, slot) };
  const { gateway } = credential;
  const id = tag + sequence.toString(36);
  const text =
    call.object >= 0 && operation.resource !== null ? objectText(operation.resource, call.object) : null;
  const seen = gateway.logsObject ? text : null;
  const byCursor = call.page > 0 && credential.api.cursors;
  const event: UsageEvent = {
    ...slot.template.event,
    timestampMs: Math.floor(timeMs) + gateway.skewMs,
    eventId: id,
    httpRequestId: id,
    method: operation.method,
    path:
      operation.pathHead === null
        ? null
        : operation.pathHead + (seen ?? (text === null ? '' : '0')) + operation.pathTail,
    queryKeys: operation.shape === 'list' ? (credential.api.cursors ? cursorKeys : pageKeys) : none,
    route: operation.route,
    objectId: seen,
    objectNumber: seen !== null && operation.resource?.ids === 'number' ? call.object : null,
    pageNumber: call.page >= 0 && !credential.api.cursors ? call.page : null,
    pageCursor: byCursor ? `cur-${hashText(id, 7).toString(36)}` : null,
    status,
    outcome: status < 400 ? 'success' : 'failure',
    tokenClaimsVerified: status !== 401,
    responseBytes: gateway.logsBytes ? call.bytes : null,
    durationMs: call.durationMs,
    proofId: credential.boundKey === null ? null : `proof-${id}`,
  };
  return call.extra === null ? event : { ...event, ...call.extra };
}

/** A new token for the slot, as the issuer would give it at that time. */
export function newToken(credential: Credential, slot: Slot, timeMs: number, random: Random): Token {
  const previous = slot.token;
  const session = credential.type === 'session';
  const familyId = session ? (previous?.familyId ?? `fam-${hex(random)}`) : null;
  return {
    id:
      credential.type === 'cloud_access_key'
        ? `ASIA${hex(random).toUpperCase()}${hex(random).slice(0, 4).toUpperCase()}`
        : `${hex(random)}-${hex(random)}`,
    issuedAtMs: Math.floor(timeMs / 1_000) * 1_000,
    expiresAtMs: Math.floor((timeMs + credential.tokenLifetimeMs) / 1_000) * 1_000,
    familyId,
    parentId: session && previous !== null ? `rt-${hashText(previous.id, 1).toString(16)}` : null,
  };
}

/** Whether a client still presents the token: it renews early, and a gateway whose clock is ahead makes it. */
export function isFresh(credential: Credential, token: Token | null, timeMs: number): boolean {
  return token !== null && timeMs + Math.max(0, credential.gateway.skewMs) < token.expiresAtMs - 5_000;
}

/** Keeps the slot's token fresh; credentials without short-lived tokens have none. */
export function refreshToken(credential: Credential, slot: Slot, timeMs: number, random: Random): void {
  if (credential.tokenLifetimeMs === 0) return;
  if (isFresh(credential, slot.token, timeMs)) return;
  // A client that was away for long logs in again: a new family.
  if (slot.token !== null && timeMs - slot.token.expiresAtMs > 12 * hourMs) slot.token = null;
  const { token } = slot;
  // One session in two places is renewed once, from its newest token: two children of one are a theft.
  const isSame = (other: Token) =>
    credential.sharesToken || (other.familyId !== null && other.familyId === token?.familyId);
  let newest = token;
  for (const { token: other } of credential.slots) {
    if (other !== null && isSame(other) && other.issuedAtMs > (newest?.issuedAtMs ?? 0)) newest = other;
  }
  const current = isFresh(credential, newest, timeMs)
    ? newest
    : newToken(credential, { ...slot, token: newest }, timeMs, random);
  hold(slot, current);
  for (const each of credential.slots) if (each.token !== null && isSame(each.token)) hold(each, current);
}

/** The session goes on with this token there. */
export function hold(slot: Slot, token: Token | null): void {
  if (slot.token === token) return;
  slot.token = token;
  slot.template = null;
}

export function hex(random: Random): string {
  return random.bits().toString(16).padStart(8, '0');
}
