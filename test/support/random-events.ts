import fc from 'fast-check';
import { emptyUsageEvent, type UsageEvent } from '../../schemas/usage-event.ts';
import { nothingSeen, type Seen, type Sight } from '../../src/engine/seen.ts';

const text = fc.option(fc.string({ maxLength: 256, unit: 'binary' }), { nil: null });
const epochMs = fc.option(fc.integer({ min: 0, max: 4e12 }), { nil: null });
const bytes = fc.option(
  fc.oneof(fc.integer({ min: 0, max: 1e12 }), fc.double({ min: 0, max: 1e15, noNaN: true })),
  { nil: null },
);
const wildNumber = fc.option(fc.oneof(fc.integer(), fc.double({ min: -1e300, max: 1e300, noNaN: true })), {
  nil: null,
});

/** Any event the schema lets through, as an attacker would write it. */
export const randomEvent: fc.Arbitrary<UsageEvent> = fc
  .record({
    timestampMs: fc.integer({ min: 0, max: 4e12 }),
    method: text,
    path: text,
    route: text,
    objectId: text,
    objectNumber: wildNumber,
    pageNumber: wildNumber,
    status: fc.option(fc.integer({ min: 0, max: 999 }), { nil: null }),
    outcome: fc.constantFrom('success', 'failure', 'unknown'),
    environment: text,
    tokenId: text,
    tokenIssuer: text,
    tokenAudience: fc.array(fc.string({ maxLength: 256, unit: 'binary' }), { maxLength: 5 }),
    tokenIssuedAtMs: epochMs,
    tokenExpiresAtMs: epochMs,
    tokenAlgorithm: text,
    tokenBoundKey: text,
    presentedKey: text,
    proofId: text,
    authScheme: fc.constantFrom('bearer', 'dpop', null),
    secretQueryKeys: fc.array(fc.string({ maxLength: 256, unit: 'binary' }), { maxLength: 5 }),
    responseBytes: bytes,
    genAiInputTokens: fc.option(fc.integer({ min: 0, max: 1e9 }), { nil: null }),
    genAiOutputTokens: fc.option(fc.integer({ min: 0, max: 1e9 }), { nil: null }),
    genAiCostUsd: fc.option(fc.double({ min: 0, max: 1e6, noNaN: true }), { nil: null }),
    tokenClaimsVerified: fc.boolean(),
    timeSuspect: fc.boolean(),
  })
  .map((fields) => ({ ...emptyUsageEvent(), credentialId: 'key-1', ...(fields as Partial<UsageEvent>) }));

const sight: fc.Arbitrary<Sight> = fc.record({
  hash: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 0xffffffff })),
  firstThisHour: fc.boolean(),
  unseen: fc.boolean(),
  fresh: fc.boolean(),
  bits: fc.double({ min: 0, max: 40, noNaN: true }),
});

const count = fc.integer({ min: 0, max: 1e6 });
const amount = fc.double({ min: 0, max: 1e5, noNaN: true });
const earlierUse = fc.option(
  fc.record({ secondsAgo: amount, sameContext: fc.boolean(), failed: fc.boolean() }),
  { nil: null },
);

/** Any facts the engine could hand over, in no sensible combination. */
export const randomSeen: fc.Arbitrary<Seen> = fc
  .record({
    hour: fc.integer({ min: 400_000, max: 600_000 }),
    timeS: fc.integer({ min: 1.4e9, max: 2.1e9 }),
    gapHours: amount,
    opensHour: fc.boolean(),
    network: sight,
    place: sight,
    client: sight,
    country: sight,
    route: sight,
    scopes: sight,
    tool: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 4_294_967_295 })),
    fromFreshContext: fc.boolean(),
    returned: fc.boolean(),
    returnedFar: fc.boolean(),
    tokenReturned: fc.boolean(),
    movedKm: fc.integer({ min: 0, max: 20_000 }),
    movedSeconds: count,
    moveIsKnown: fc.boolean(),
    hasObject: fc.boolean(),
    objectIsNew: fc.boolean(),
    objectFirstThisHour: fc.boolean(),
    objectIsForeign: fc.boolean(),
    objectIsFar: fc.boolean(),
    objectIsNextInStride: fc.boolean(),
    pageDepth: count,
    operationBits: fc.double({ min: -60, max: 60, noNaN: true }),
    hourBits: fc.double({ min: -1, max: 20, noNaN: true }),
    success: fc.boolean(),
    denied: fc.boolean(),
    clientError: fc.boolean(),
    earlierUse,
    siblingUse: earlierUse,
    revoked: fc.constantFrom('', 'on the list'),
    decoy: fc.constantFrom('', 'planted'),
    homeEnvironment: fc.constantFrom('', 'production'),
    breach: fc.option(
      fc.record({
        what: fc.constantFrom('route', 'network'),
        observed: fc.string({ maxLength: 300, unit: 'binary' }),
        expected: fc.constant('GET only'),
      }),
      { nil: null },
    ),
    gapBits: fc.double({ min: 0, max: 30, noNaN: true }),
    gatewayLogsKeys: fc.boolean(),
    clientNewCredentials: amount,
    clientDeniedCredentials: count,
  })
  .map((facts) => ({ ...nothingSeen(), ...facts }));

function nothingOf(value: Sight): Sight {
  return value.hash === 0 ? { ...value, firstThisHour: false, unseen: false, fresh: false, bits: 0 } : value;
}

/** An event with facts that fit it: nothing is said about an object, number or value that is not there. */
export const randomStep: fc.Arbitrary<readonly [event: UsageEvent, seen: Seen]> = fc
  .tuple(randomEvent, randomSeen)
  .map(([event, seen]) => {
    const hasObject = event.objectId !== null;
    const hasNumber = event.objectNumber !== null;
    return [
      event,
      {
        ...seen,
        network: nothingOf(seen.network),
        place: nothingOf(seen.place),
        client: nothingOf(seen.client),
        country: nothingOf(seen.country),
        route: nothingOf(seen.route),
        scopes: nothingOf(seen.scopes),
        hasObject,
        objectIsNew: hasObject && seen.objectIsNew,
        objectFirstThisHour: hasObject && seen.objectFirstThisHour,
        objectIsForeign: hasObject && seen.objectIsForeign,
        objectIsFar: hasNumber && seen.objectIsFar,
        objectIsNextInStride: hasNumber && seen.objectIsNextInStride,
      },
    ] as const;
  });
