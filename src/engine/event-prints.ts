import type { UsageEvent } from '../../schemas/usage-event.ts';
import { type Fingerprint, fingerprint, hash32, mix32 } from '../stats/hash.ts';
import { noOperation, type OperationFacts, operationFacts } from './operation-facts.ts';

/** What an event is known by in every table: fingerprints of the texts that name it, taken once. */
export interface EventPrints {
  readonly credential: Fingerprint;
  /** Of what the field holds when the event has it; otherwise left from an earlier event. */
  readonly request: Fingerprint;
  readonly token: Fingerprint;
  readonly object: Fingerprint;
  operation: OperationFacts;
}

const requestSeed = 31;
const tokenSeed = 22;

export function newPrints(): EventPrints {
  return {
    credential: { low: 0, high: 0 },
    request: { low: 0, high: 0 },
    token: { low: 0, high: 0 },
    object: { low: 0, high: 0 },
    operation: noOperation,
  };
}

export function takePrints(event: UsageEvent, into: EventPrints): void {
  const { credential, request } = into;
  fingerprint(event.credentialId, 0, credential);
  into.operation = operationFacts(event);
  if (event.tokenId !== null) fingerprint(event.tokenId, tokenSeed, into.token);
  if (event.objectId !== null) fingerprint(event.objectId, into.operation.objectSpace, into.object);
  if (event.httpRequestId === null) return;
  // Of one request are only its own credential's same calls.
  fingerprint(event.httpRequestId, requestSeed, request);
  const call = hash32(event.path ?? event.route ?? '', event.status ?? 0);
  request.high = mix32(request.high, mix32(call, credential.low));
}
