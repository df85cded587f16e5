import type { Family } from '../../schemas/alert.ts';
import type { Call, Credential, Interval } from './credential.ts';
import type { Fleet } from './fleet.ts';
import type { Random } from './random.ts';

/** Extra calls on one credential's name: by an attacker, or by an unusual but honest job. */
export interface Activity {
  readonly target: Credential;
  /** Sorted, epoch ms. */
  readonly times: readonly number[];
  /** The index-th call. May read the target's state of the moment, must not change it. */
  make(timeMs: number, index: number): Call;
  /** The holder's own part of the story: calls no attacker made. */
  readonly own?: boolean;
  /** Noise made to hide the real theft: nobody needs to find it by itself. */
  readonly chaff?: boolean;
}

export interface Plan {
  readonly activities: readonly Activity[];
  /** When the rightful holder falls silent, by credential. */
  readonly mutes?: readonly { readonly target: Credential; readonly interval: Interval }[];
  /** From when the credential or one of its tokens was revoked. */
  readonly revocations?: readonly Revocation[];
  /** Credentials nobody should ever use. */
  readonly decoys?: readonly Credential[];
  /** End of the episode when it lasts longer than its calls. */
  readonly endMs?: number;
}

export interface Revocation {
  readonly credentialId: string;
  /** Null: the whole credential. */
  readonly tokenId: string | null;
  readonly atMs: number;
}

/** What a scenario may use while it is planned. */
export interface Stage {
  readonly fleet: Fleet;
  readonly random: Random;
  /** Multiplies the attacker's number of calls. */
  readonly strength: number;
  /** Divides the attacker's gaps and spans. */
  readonly pace: number;
  /** Share of a thief's calls that are refused or ask for what is not there, where a scenario says nothing of it. */
  readonly mistakes: number;
  /** Share of a thief's calls for anything the API offers, whatever the holder uses. */
  readonly curiosity: number;
}

/** Neither strong nor in a hurry, and without mistakes. */
export const plainManner = { strength: 1, pace: 1, mistakes: 0, curiosity: 0 } as const;

/** One way of abusing a credential. Whole groups are withheld from one training (`withheldGroups`). */
export interface Scenario<Id extends string = string> {
  readonly id: Id;
  readonly number: number;
  readonly description: string;
  readonly family: Family;
  /** Families that would be a fair answer too. */
  readonly alsoFamilies?: readonly Family[];
  readonly group: ScenarioGroup;
  /** True when a single call proves it, without statistics. */
  readonly violation?: boolean;
  /** Episodes a world holds at most; for scenarios that take many credentials each. */
  readonly atMost?: number;
  fits(target: Credential, fleet: Fleet): boolean;
  /** Null: the target turned out unfit. */
  plan(stage: Stage, target: Credential, startMs: number): Plan | null;
}

export const scenarioGroups = [
  'stolen-key',
  'coexistence',
  'masquerade',
  'token-misuse',
  'hand-over',
  'enumeration',
  'slow-scrape',
  'pagination',
  'broken-authorisation',
  'distributed',
  'probing',
  'volume',
  'off-hours',
  'rhythm',
  'poisoning',
  'lifecycle',
  'agent',
  'newcomer',
  'intrusion',
] as const;
export type ScenarioGroup = (typeof scenarioGroups)[number];

/**
 * Frozen: detectors/model-withheld.json was never trained on a scenario of these groups, and nothing was tuned for
 * the first four. Intrusions belong here because what they do on their way is also what the others consist of.
 */
export const withheldGroups: readonly ScenarioGroup[] = [
  'hand-over',
  'pagination',
  'broken-authorisation',
  'rhythm',
  'intrusion',
];
