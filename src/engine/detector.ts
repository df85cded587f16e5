import type { z } from 'zod';
import type { Family, Severity } from '../../schemas/alert.ts';
import type { UsageEvent, UsageEventField } from '../../schemas/usage-event.ts';
import type { Layout, StateOf } from './record-layout.ts';
import type { Seen } from './seen.ts';

/** What every detector says about itself; its reference page and its part of an alert come from here. */
interface Description {
  /** Also its file name. */
  readonly id: string;
  readonly family: Family;
  /** One sentence: the abuse it sees. */
  readonly summary: string;
  /** MITRE ATT&CK techniques. */
  readonly attack: readonly string[];
  /** OWASP API Security 2023 and Non-Human Identity 2025 items. */
  readonly owasp: readonly string[];
  /** What to look at first, for the person on call. */
  readonly runbook: string;
  /** What to do, most urgent first. */
  readonly actions: readonly string[];
  /** Fields without which it is blind; an inner list means any one of them. */
  readonly needs: readonly (UsageEventField | readonly UsageEventField[])[];
  /** Fields that only the few events carry which it is about: they are needed too, and no share of them says it is blind. */
  readonly seldom?: readonly UsageEventField[];
  /** What it is known not to see: each stays silent. */
  readonly misses: readonly [Limit, ...Limit[]];
  /** What it is known to mistake for abuse: each finds. */
  readonly falsePositives: readonly [Limit, ...Limit[]];
  /** At least one that finds and one that stays silent. */
  readonly examples: readonly [Example, Example, ...Example[]];
}

/** A stream of events, in order. */
export interface Stream {
  readonly name: string;
  readonly events: () => Iterable<UsageEvent>;
  /** Credential the expectation is about; default: that of the last event. */
  readonly credentialId?: string;
  /** The detector's options; default: those of the examples' deployment. */
  readonly options?: Readonly<Record<string, unknown>>;
  /** Detectors that must find something first. */
  readonly beside?: readonly Detector[];
}

/** What the detector must make of a stream. */
export interface Example extends Stream {
  readonly expect: 'finding' | 'silence';
}

/** A limit that the detector admits, and the stream that proves it. */
export interface Limit extends Stream {
  /** A sentence. */
  readonly limit: string;
}

/** One measured quantity of a credential-hour. */
export interface FeatureSpec {
  readonly name: string;
  /**
   * Scale on which habits are compared: counts and bytes on log1p, shares and bits as they are; `rank`
   * is the bits of how few of the type's active hours reach the quantity of the feature `rankOf`.
   */
  readonly scale: 'log1p' | 'linear' | 'rank';
  /** Another feature of the same detector, on a log1p scale. */
  readonly rankOf?: string;
  /** `total` only grows while the hour runs, so a low value means only "not yet". */
  readonly shape: 'total' | 'level';
  /**
   * `own` (default): compared with what the credential and its type usually show. `none`: the value is
   * evidence in bits as it stands, measured against the credential's past by the detector itself.
   */
  readonly habit?: 'own' | 'none';
  /**
   * Most credentials never have any of it: 0 is a habit of the credential that has none, and says nothing of
   * those of its type that have. Their mean is over hours with some.
   */
  readonly sparse?: true;
  /**
   * Its value holds earlier hours too: it is evidence only in an hour in which one of these features shows more
   * than usual. Otherwise what is over would be held against every quiet hour after it, without what explained it.
   */
  readonly carriedBy?: readonly string[];
  /** One sentence for the person on call; the numbers arrive formatted. */
  readonly text: (observed: string, expected: string) => string;
  /** The evidence is about new values of this kind: the alert names them. */
  readonly about?: 'network' | 'client' | 'route';
  /** How the numbers are written; default `count`; bits go without their unit. */
  readonly unit?: 'count' | 'bytes' | 'share' | 'bits' | 'hours' | 'usd';
}

/**
 * What the log does not show, or not yet: its residual is 0 and no habit is made of it. 0 would say
 * that there was little of it, or none.
 */
export const notMeasured = Number.NaN;

/** Where a detector writes the present value of each of its features, by their order. */
export interface Measures {
  set(feature: number, value: number): void;
}

/**
 * Behavioural: measures quantities of the running hour against the credential's habit. It says how
 * much; the engine knows how much is usual, turns the difference into evidence and joins it with the
 * other detectors' into one score in bits.
 */
export interface BehaviouralDetector<L extends Layout = Layout> extends Description {
  readonly kind: 'behavioural';
  /** Its fields in the credential's record. */
  readonly state: L;
  readonly features: readonly FeatureSpec[];
  /** Values as they are with this event counted. Must not change state. */
  score(event: UsageEvent, state: Readonly<StateOf<L>>, seen: Seen, out: Measures): void;
  /** Makes the event part of the running hour. */
  learn(event: UsageEvent, state: StateOf<L>, seen: Seen): void;
}

/** Why a call should not have been possible at all. */
export interface Violation {
  readonly observed: string;
  readonly expected: string;
  /** One sentence in plain words. */
  readonly text: string;
}

/** Deterministic: a fact that needs no habit. Alerts directly, outside the budget. */
export interface ViolationDetector<O extends z.ZodType = z.ZodType> extends Description {
  readonly kind: 'violation';
  readonly severity: Severity;
  /** Each option has a default and a description: they become the reference page. */
  readonly options: O;
  score(event: UsageEvent, seen: Seen, options: z.output<O>): Violation | undefined;
}

/** Every stream that a detector is described by, limits included, with what is to be made of it. */
export function examplesOf({ misses, falsePositives, examples }: Description): readonly Example[] {
  return [
    ...examples,
    ...misses.map((miss) => ({ ...miss, expect: 'silence' as const })),
    ...falsePositives.map((alarm) => ({ ...alarm, expect: 'finding' as const })),
  ];
}

// biome-ignore lint/suspicious/noExplicitAny: a list of detectors holds layouts and options of every kind
export type Detector = BehaviouralDetector<any> | ViolationDetector<any>;

export function behavioural<const L extends Layout>(
  detector: Omit<BehaviouralDetector<L>, 'kind'>,
): BehaviouralDetector<L> {
  return { kind: 'behavioural', ...detector };
}

export function violation<O extends z.ZodType>(
  detector: Omit<ViolationDetector<O>, 'kind'>,
): ViolationDetector<O> {
  return { kind: 'violation', ...detector };
}
