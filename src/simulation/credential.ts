import type { CredentialType, UsageEvent } from '../../schemas/usage-event.ts';
import type { Api, Operation } from './apis.ts';
import type { Client } from './clients.ts';
import type { Network } from './networks.ts';
import type { WorkloadKind } from './parameters.ts';
import type { Random } from './random.ts';

export const hourMs = 3_600_000;
export const dayMs = 24 * hourMs;

/** What one gateway logs, and how. */
export interface Gateway {
  readonly name: string;
  readonly type: string;
  readonly logsClient: boolean;
  readonly logsTls: boolean;
  readonly logsObject: boolean;
  readonly logsNetwork: boolean;
  readonly logsToken: boolean;
  readonly logsBytes: boolean;
  readonly sampleRate: number;
  /** Its clock's error. */
  readonly skewMs: number;
}

export interface Token {
  readonly id: string;
  readonly issuedAtMs: number;
  readonly expiresAtMs: number;
  readonly familyId: string | null;
  readonly parentId: string | null;
}

/** One place the credential is used from: a pod, a laptop, a phone. */
export interface Slot {
  readonly place: 'any' | 'work' | 'home' | 'move';
  network: Network;
  address: string;
  client: Client;
  weight: number;
  /** Mean time an address is kept; infinite: until a deployment changes it. */
  readonly keepMs: number;
  nextAddressMs: number;
  /** Addresses drawn anew for every session or batch: mobile carriers, hosted runners, relays. */
  readonly pool: readonly string[] | null;
  token: Token | null;
  /** The event's fields that only change with the slot, and the credential's own ones that they were built from; null: to be built again. */
  template: { readonly base: UsageEvent; readonly event: UsageEvent } | null;
}

/** Where the ids of a credential's own objects lie; `objects.ts` turns an index into an id. */
export interface Holdings {
  readonly layout: 'block' | 'scattered' | 'recent' | 'catalogue' | 'sequence';
  readonly base: number;
  readonly span: number;
  readonly seed: number;
  readonly initial: number;
  readonly growthPerDay: number;
  /** Mean age, in objects, of what is read. */
  readonly recency: number;
  readonly stride: number;
  cursor: number;
  /** Shift of all ids after a renumbering. */
  offset: number;
}

/** A change that lasts: applied once, at its time. */
export interface Change {
  readonly atMs: number;
  apply(credential: Credential): void;
}

/** A change of degree for a while; several multiply or add up. */
export interface Modifier {
  readonly startMs: number;
  readonly endMs: number;
  readonly rate?: number;
  readonly serverErrors?: number;
  readonly denied?: number;
  readonly notFound?: number;
  /** Which operations the denials hit; absent: all. */
  readonly deniedScope?: string;
  readonly bytes?: number;
  /** Draws outside the habit's hours when the habit is silent: events an hour. */
  readonly floorPerHour?: number;
}

export interface Interval {
  readonly startMs: number;
  readonly endMs: number;
}

/** Everything the simulation knows of one credential while it runs. */
export interface Credential {
  readonly index: number;
  id: string;
  readonly type: CredentialType;
  readonly kind: WorkloadKind;
  readonly tag: string;
  readonly random: Random;
  readonly organisation: string;
  readonly consumer: string;
  readonly gateway: Gateway;
  readonly api: Api;
  operations: readonly Operation[];
  weights: number[];
  sums: Float64Array;
  readonly scopes: readonly string[];
  readonly holdings: Holdings;
  slots: Slot[];
  readonly profile: Float64Array;
  timeZoneHours: number;
  ratePerHour: number;
  readonly dispersion: number;
  readonly pattern: 'steady' | 'sessions' | 'cron' | 'ticks';
  readonly sessionLength: number;
  readonly sessionGapMs: number;
  readonly cron: { readonly everyHours: number; readonly atHour: number; readonly atMinute: number };
  readonly notFoundShare: number;
  readonly deniedShare: number;
  readonly serverErrorShare: number;
  readonly tokenLifetimeMs: number;
  /** All devices show one token, as where an application hands its session on. */
  readonly sharesToken: boolean;
  /** Sender-constrained tokens: every call carries a proof of this key. */
  readonly boundKey: string | null;
  readonly userId: string | null;
  /** The event's fields that never change. */
  base: UsageEvent;
  startMs: number;
  endMs: number;
  /** A planned change of the key: from `atMs` on the new id, beside the old one for `overlapMs`. */
  rotation: {
    readonly atMs: number;
    readonly id: string;
    readonly previousId: string;
    readonly overlapMs: number;
  } | null;
  readonly changes: Change[];
  readonly modifiers: Modifier[];
  readonly mutes: Interval[];
  /** Token for calls from the holder's place that are not his: his own client never sees it. */
  borrowed: Token | null;
  sequence: number;
  sessions: number;
}

/** One call about to be written as an event. */
export interface Call {
  readonly slot: Slot;
  readonly operation: Operation;
  /** Object number; −1: none. */
  readonly object: number;
  /** Page of a listing; −1: none. */
  readonly page: number;
  readonly status: number;
  readonly bytes: number;
  readonly durationMs: number;
  readonly extra: Partial<UsageEvent> | null;
}
