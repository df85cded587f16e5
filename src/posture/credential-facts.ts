import type { CredentialSource, CredentialType, UsageEvent } from '../../schemas/usage-event.ts';
import { clientHash, placeHash } from '../engine/client-identity.ts';
import { dayMs } from '../stats/durations.ts';
import { mix32 } from '../stats/hash.ts';
import { DaySet } from './day-set.ts';

const mostNames = 8;
const mostOperations = 256;
/** As many pairs of network and client as are told apart on one day. */
export const mostWorkloads = 64;
/** Kinds whose tokens carry their own claims; for others a missing expiry only means that it was not logged. */
const selfContained: ReadonlySet<CredentialType> = new Set(['jwt', 'oauth_client']);

/** What is remembered of one credential: a fixed number of values, whatever it does. */
export interface CredentialFacts {
  readonly id: string;
  readonly type: CredentialType;
  readonly source: CredentialSource;
  readonly name: string | null;
  readonly owner: string | null;
  readonly gateway: string;
  consumer: string | null;
  issuer: string | null;
  uses: number;
  firstMs: number;
  lastMs: number;
  readonly days: DaySet;
  /** The one token it was used with; null when none was logged. */
  token: string | null;
  hasSeveralTokens: boolean;
  /** Age of the oldest token at its latest use; null when no token told when it was issued. */
  oldestTokenMs: number | null;
  /** Longest validity of a token that told both ends; null when none did. */
  longestLifetimeMs: number | null;
  unsignedUses: number;
  endlessUses: number;
  /** Scopes that every token had; null until a token tells its scopes. */
  scopes: readonly string[] | null;
  /** Numbers of the operations it did; null when there were too many, or one has no name. */
  operations: Set<number> | null;
  readonly environments: Set<string>;
  /** Some call told its path: without one a secret in it is not seen. */
  hasPath: boolean;
  readonly secretParameters: Set<string>;
  secretUses: number;
  workloads: Workloads;
}

/** Pairs of network and client on the running day, and what the days before came to. */
interface Workloads {
  day: number;
  readonly pairs: Set<number>;
  most: number;
  sharedDays: number;
  knownDays: number;
}

export function newFacts(event: UsageEvent, owner: string | null): CredentialFacts {
  return {
    id: event.credentialId,
    type: event.credentialType,
    source: event.credentialSource,
    name: event.credentialName,
    owner,
    gateway: event.gatewayType,
    consumer: null,
    issuer: null,
    uses: 0,
    firstMs: event.timestampMs,
    lastMs: event.timestampMs,
    days: new DaySet(),
    token: null,
    hasSeveralTokens: false,
    oldestTokenMs: null,
    longestLifetimeMs: null,
    unsignedUses: 0,
    endlessUses: 0,
    scopes: null,
    operations: new Set(),
    environments: new Set(),
    hasPath: false,
    secretParameters: new Set(),
    secretUses: 0,
    workloads: { day: -1, pairs: new Set(), most: 0, sharedDays: 0, knownDays: 0 },
  };
}

/** Counts one use. `operation` is its number, null when it cannot be named; `shared` workloads make a shared day. */
export function addUse(
  facts: CredentialFacts,
  event: UsageEvent,
  operation: number | null,
  shared: number,
): void {
  const { timestampMs } = event;
  facts.uses += 1;
  facts.firstMs = Math.min(facts.firstMs, timestampMs);
  facts.lastMs = Math.max(facts.lastMs, timestampMs);
  const day = Math.floor(timestampMs / dayMs);
  facts.days.add(day);
  facts.consumer ??= event.consumerId ?? event.certSubject;
  if (facts.operations !== null) {
    if (operation === null || facts.operations.size >= mostOperations) facts.operations = null;
    else facts.operations.add(operation);
  }
  if (event.environment !== null && event.environment !== '')
    addName(facts.environments, event.environment.toLowerCase());
  facts.hasPath ||= event.path !== null;
  if (event.secretQueryKeys.length > 0) {
    facts.secretUses += 1;
    for (const name of event.secretQueryKeys) addName(facts.secretParameters, name);
  }
  addWorkload(facts.workloads, event, day, shared);
  if (event.tokenId !== null) {
    facts.hasSeveralTokens ||= facts.token !== null && facts.token !== event.tokenId;
    facts.token ??= event.tokenId;
  }
  if (event.tokenClaimsVerified && isAccepted(event)) addClaims(facts, event);
}

function isAccepted({ outcome, status }: UsageEvent): boolean {
  return outcome === 'success' || (outcome === 'unknown' && status !== null && status >= 200 && status < 400);
}

/** Only of calls that succeeded: a refused token's claims are its bearer's words. */
function addClaims(facts: CredentialFacts, event: UsageEvent): void {
  const { timestampMs, tokenIssuedAtMs: issuedMs, tokenExpiresAtMs: expiresMs, tokenScopes } = event;
  facts.issuer ??= event.tokenIssuer;
  if (event.tokenAlgorithm?.toLowerCase() === 'none') facts.unsignedUses += 1;
  if (issuedMs !== null) {
    facts.oldestTokenMs = Math.max(facts.oldestTokenMs ?? 0, timestampMs - issuedMs);
    if (expiresMs !== null)
      facts.longestLifetimeMs = Math.max(facts.longestLifetimeMs ?? 0, expiresMs - issuedMs);
    else if (selfContained.has(facts.type)) facts.endlessUses += 1;
  }
  if (tokenScopes.length > 0)
    facts.scopes =
      facts.scopes === null ? [...tokenScopes] : facts.scopes.filter((scope) => tokenScopes.includes(scope));
}

function addName(names: Set<string>, name: string): void {
  if (names.size < mostNames) names.add(name);
}

function addWorkload(workloads: Workloads, event: UsageEvent, day: number, shared: number): void {
  const place = placeHash(event);
  const client = clientHash(event);
  if (place === 0 && client === 0) return;
  if (day !== workloads.day) {
    workloads.day = day;
    workloads.pairs.clear();
    workloads.knownDays += 1;
  }
  const { pairs } = workloads;
  if (pairs.size >= mostWorkloads) return;
  const before = pairs.size;
  pairs.add(mix32(place, client));
  if (pairs.size === before) return;
  workloads.most = Math.max(workloads.most, pairs.size);
  if (pairs.size === shared) workloads.sharedDays += 1;
}
