import type { UsageEvent } from '../../schemas/usage-event.ts';
import { type Fingerprint, fingerprint, hash32, mix32 } from '../stats/hash.ts';
import { isInstanceSession } from './instance-session.ts';
import type { EarlierUse, Seen } from './seen.ts';
import type { SharedMemory } from './shared-memory.ts';

const proofMemoryS = 86_400;
const firstContextSalt = 0x5bd1e995;
const print: Fingerprint = { low: 0, high: 0 };
/** Entry of the observed event's token, for the `rememberUse` that follows. */
let tokenEntry = -1;

/** Text of what must be presented once: a proof per key, or a token that says so. Empty when nothing must. */
function onceOnly(event: UsageEvent): string {
  if (event.proofId !== null) return `proof ${event.presentedKey ?? ''} ${event.proofId}`;
  if (event.tokenSingleUse && event.tokenId !== null) return `token ${event.tokenId}`;
  return '';
}

/** Has this proof been presented before, and has this token come back from elsewhere? Changes nothing. */
export function observeUse(
  shared: SharedMemory,
  event: UsageEvent,
  token: Fingerprint,
  contextHash: number,
  timeS: number,
  seen: Seen,
): void {
  seen.earlierUse = null;
  const once = onceOnly(event);
  if (once !== '') {
    fingerprint(once, 21, print);
    const entry = shared.once.find(print.low, print.high);
    const secondsAgo = entry < 0 ? 0 : timeS - shared.once.mark(entry);
    if (entry >= 0 && Math.abs(secondsAgo) <= proofMemoryS) {
      const sameContext = shared.once.find(print.low, mix32(print.high, contextHash)) >= 0;
      seen.earlierUse = {
        secondsAgo: Math.abs(secondsAgo),
        sameContext,
        failed: shared.once.amount(entry) > 0,
      };
    }
  }
  seen.addressOfPerson = addressOfPerson(shared, event, seen.hour);
  seen.siblingUse = siblingUse(shared, event, contextHash, timeS);
  seen.tokenReturned = false;
  if (event.tokenId === null) return;
  const { low, high } = token;
  const entry = shared.tokens.find(low, high);
  tokenEntry = entry;
  if (entry < 0 || shared.tokens.mark(entry) === contextHash) return;
  const first = shared.tokens.find(low, (high ^ firstContextSalt) >>> 0);
  seen.tokenReturned = first >= 0 && shared.tokens.mark(first) === contextHash;
}

export function rememberUse(
  shared: SharedMemory,
  event: UsageEvent,
  token: Fingerprint,
  contextHash: number,
  timeS: number,
  hour: number,
): void {
  const once = onceOnly(event);
  if (once !== '') {
    fingerprint(once, 21, print);
    const entry = shared.once.claim(print.low, print.high, hour);
    if (shared.once.mark(entry) === 0) {
      shared.once.setMark(entry, timeS);
      shared.once.setAmount(entry, failed(event) ? 1 : 0);
    }
    shared.once.claim(print.low, mix32(print.high, contextHash), hour);
  }
  rememberSibling(shared, event, contextHash, timeS, hour);
  rememberAddress(shared, event, hour);
  if (event.tokenId === null) return;
  const { low, high } = token;
  const { tokens } = shared;
  let known = tokenEntry;
  if (known >= 0 && !tokens.holds(known, low, high)) known = tokens.find(low, high);
  if (known >= 0 && tokens.mark(known) === contextHash) {
    tokens.use(known, hour);
    return;
  }
  if (known < 0) tokens.setMark(tokens.claim(low, (high ^ firstContextSalt) >>> 0, hour), contextHash);
  tokens.setMark(tokens.claim(low, high, hour), contextHash);
}

/** Refresh tokens are used once: two children of one parent mean that somebody else holds it too. */
function siblingUse(
  shared: SharedMemory,
  event: UsageEvent,
  contextHash: number,
  timeS: number,
): EarlierUse | null {
  if (!descends(event)) return null;
  fingerprint(`parent ${event.tokenFamilyId ?? ''} ${event.tokenParentId}`, 23, print);
  const first = shared.once.find(print.low, print.high);
  if (first < 0 || shared.once.mark(first) === hash32(event.tokenId ?? '')) return null;
  const when = shared.once.find(print.low, (print.high ^ firstContextSalt) >>> 0);
  return {
    secondsAgo: when < 0 ? 0 : Math.abs(timeS - shared.once.mark(when)),
    sameContext: shared.once.find(print.low, mix32(print.high, contextHash)) >= 0,
    failed: shared.once.amount(first) > 0,
  };
}

function rememberSibling(
  shared: SharedMemory,
  event: UsageEvent,
  contextHash: number,
  timeS: number,
  hour: number,
): void {
  if (!descends(event)) return;
  fingerprint(`parent ${event.tokenFamilyId ?? ''} ${event.tokenParentId}`, 23, print);
  const { low, high } = print;
  if (shared.once.find(low, high) < 0) {
    const entry = shared.once.claim(low, high, hour);
    shared.once.setMark(entry, hash32(event.tokenId ?? ''));
    shared.once.setAmount(entry, failed(event) ? 1 : 0);
    shared.once.setMark(shared.once.claim(low, (high ^ firstContextSalt) >>> 0, hour), timeS);
  }
  shared.once.claim(low, mix32(high, contextHash), hour);
}

function descends(event: UsageEvent): boolean {
  return event.tokenParentId !== null && event.tokenId !== null && event.tokenClaimsVerified;
}

function failed(event: UsageEvent): boolean {
  return event.status === null || event.status === 0 || event.status === 429 || event.status >= 500;
}

const addressSalt = 25;
const dayHours = 24;

/** Who used an address first within a day: machines' own credentials don't make it a person's. */
function addressOfPerson(shared: SharedMemory, event: UsageEvent, hour: number): boolean {
  if (event.clientAddress === null || !isInstanceSession(event.credentialId)) return false;
  fingerprint(event.clientAddress, addressSalt, print);
  const entry = shared.once.find(print.low, print.high);
  return entry >= 0 && hour - shared.once.lastHour(entry) <= dayHours;
}

function rememberAddress(shared: SharedMemory, event: UsageEvent, hour: number): void {
  if (event.credentialType !== 'cloud_access_key' && event.credentialType !== 'session') return;
  if (event.clientAddress === null || isInstanceSession(event.credentialId)) return;
  fingerprint(event.clientAddress, addressSalt, print);
  shared.once.claim(print.low, print.high, hour);
}
