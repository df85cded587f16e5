/**
 * What memory says about one event before the event becomes part of it: computed once by the engine,
 * read by all detectors, never changed by them. One object is reused for every event.
 */
export interface Sight {
  /** 0 when the gateway did not log the value. */
  hash: number;
  /** First time this credential shows the value in the running hour. */
  firstThisHour: boolean;
  /** Never seen on this credential before the running hour, or not yet trusted. */
  unseen: boolean;
  /** The credential had other values before this one, and this one is less than a day old. */
  fresh: boolean;
  /** Evidence of a first sight, charged once: log2 likelihood ratio, near 0 when it is no news. */
  bits: number;
}

/** An earlier presentation of something that must be used once. */
export interface EarlierUse {
  readonly secondsAgo: number;
  readonly sameContext: boolean;
  /** The earlier call got 5xx, 429 or no answer, so that its owner had reason to try again. */
  readonly failed: boolean;
}

/** What an event did that the declaration of its credential does not allow. */
export interface Breach {
  /** network, client, route, scope, environment or hour. */
  readonly what: string;
  readonly observed: string;
  readonly expected: string;
}

export interface Seen {
  /** Hours since the epoch, event time. */
  hour: number;
  timeS: number;
  /** Hours since the credential's previous event; 0 for the first. */
  gapHours: number;
  /** True on the first event of an active hour. */
  opensHour: boolean;
  /** Active hours learnt so far. */
  activeHours: number;
  /** Hours since the credential's first event. */
  ageHours: number;

  /** /24 or /48 of the client. */
  readonly network: Sight;
  /** Autonomous system (or /16, /32 where it is unknown). */
  readonly place: Sight;
  /** User agent family with TLS fingerprint. */
  readonly client: Sight;
  readonly country: Sight;
  /** The operation: route, and the tool that an agent calls there. */
  readonly route: Sight;
  readonly scopes: Sight;
  /** production, sandbox …, where the gateway says so. */
  readonly environment: Sight;

  /** Place or client is fresh: what is done now is done from somewhere new. */
  fromFreshContext: boolean;
  /** Another context than that of the previous event, the same as of the one before: A→B→A. */
  returned: boolean;
  /** The same with places and clients that differ both. */
  returnedFar: boolean;
  /** This token came back to its first context after another one had used it. */
  tokenReturned: boolean;
  /** Distance in km to the previous known location and seconds since; 0 when nothing moved. */
  movedKm: number;
  movedSeconds: number;
  /** Both ends are places this credential, or three of its peers, are known to use. */
  moveIsKnown: boolean;

  /** Hash of the tool called; 0 when the call is of none. */
  tool: number;
  /** The event names an object. */
  hasObject: boolean;
  /** Not touched by this credential within eight days. */
  objectIsNew: boolean;
  /** First touch in the running hour. */
  objectFirstThisHour: boolean;
  /** Last touched by another credential. */
  objectIsForeign: boolean;
  /** Numeric id far outside the credential's own range on this route. */
  objectIsFar: boolean;
  /** Numeric id one constant step away from the previous one on this route. */
  objectIsNextInStride: boolean;
  /** Consecutive pages of the same listing so far, this one included; 0 when not a listing. */
  pageDepth: number;

  /** Log2 likelihood ratio of this operation under everybody's habits against the credential's own. */
  operationBits: number;
  /** Sum of `operationBits` over the running hour before this event, and over how many events. */
  mixBits: number;
  mixed: number;
  /** What the operation's name says it can do, a bit for each of `sensitiveKinds`; 0 for plain ones. */
  sensitivity: number;
  /** How new a sensitive operation is to the credential: 1 when neither it nor its peers do it, 0 when it does. */
  sensitiveNews: number;
  /** Evidence that this hour of the week is not one of the credential's. */
  hourBits: number;

  success: boolean;
  /** 401 or 403. */
  denied: boolean;
  /** Other 4xx. */
  clientError: boolean;

  /** Earlier use of the same proof, nonce or single-use token; null when there is none. */
  earlierUse: EarlierUse | null;
  /** Why the lists of the deployment call this credential or token revoked; empty when they don't. */
  revoked: string;

  /** Surprise of the gap before this event (`dormancyBits`); 0 below two days. */
  gapBits: number;
  /** The gateway of this event has logged proven keys before: a missing `presentedKey` means none was proven. */
  gatewayLogsKeys: boolean;
  /** Why the lists call this credential a decoy that nobody may use; empty when they don't. */
  decoy: string;
  /** Environment the credential belongs to by the inventory; empty when unknown. */
  homeEnvironment: string;
  /** First breach of the credential's declaration by this event; null when allowed or nothing is declared. */
  breach: Breach | null;
  /** Earlier use of another token that descends from the same refresh token; null when there is none. */
  siblingUse: EarlierUse | null;
  /** Credential under suspicion that issued this one or its token; empty when none did. */
  suspectIssuer: string;
  /** Another kind of credential than a machine's own (a person's key or session) used this address within a day, before this one did. */
  addressOfPerson: boolean;
  /** Distinct credentials that this client (user agent with TLS fingerprint) began to use within a day. */
  clientNewCredentials: number;
  /** Distinct credentials with which this client was refused within an hour, this event included. */
  clientDeniedCredentials: number;
}

function sight(): Sight {
  return { hash: 0, firstThisHour: false, unseen: false, fresh: false, bits: 0 };
}

export function nothingSeen(): Seen {
  return {
    hour: 0,
    timeS: 0,
    gapHours: 0,
    opensHour: false,
    activeHours: 0,
    ageHours: 0,
    network: sight(),
    place: sight(),
    client: sight(),
    country: sight(),
    route: sight(),
    scopes: sight(),
    environment: sight(),
    fromFreshContext: false,
    returned: false,
    returnedFar: false,
    tokenReturned: false,
    movedKm: 0,
    movedSeconds: 0,
    moveIsKnown: false,
    tool: 0,
    hasObject: false,
    objectIsNew: false,
    objectFirstThisHour: false,
    objectIsForeign: false,
    objectIsFar: false,
    objectIsNextInStride: false,
    pageDepth: 0,
    operationBits: 0,
    mixBits: 0,
    mixed: 0,
    sensitivity: 0,
    sensitiveNews: 0,
    hourBits: 0,
    success: false,
    denied: false,
    clientError: false,
    earlierUse: null,
    revoked: '',
    gapBits: 0,
    gatewayLogsKeys: false,
    decoy: '',
    homeEnvironment: '',
    breach: null,
    siblingUse: null,
    suspectIssuer: '',
    addressOfPerson: false,
    clientNewCredentials: 0,
    clientDeniedCredentials: 0,
  };
}
