import type { Family } from '../../schemas/alert.ts';
import type { CredentialType, UsageEvent } from '../../schemas/usage-event.ts';
import type { ScenarioId } from './attacks/index.ts';
import type { CauseShows } from './confounders/cause.ts';
import { planConfounders } from './confounders/index.ts';
import { type Credential, dayMs } from './credential.ts';
import { createFleet, type Fleet } from './fleet.ts';
import { drawParameters, type WorkloadKind, type WorldParameters, type WorldStyle } from './parameters.ts';
import { planAttacks } from './plan.ts';
import { type Attributed, playHours } from './play.ts';
import { createRandom, type Random } from './random.ts';
import type { Revocation } from './scenario.ts';

export interface WorldOptions {
  readonly seed: number;
  readonly style?: WorldStyle;
  readonly days?: number;
  /** Attacks begin after these days. */
  readonly warmupDays?: number;
  readonly startMs?: number;
  readonly attacks?: readonly ScenarioId[] | 'all' | 'none';
  readonly overrides?: Partial<WorldParameters>;
}

/** One misuse of one credential. */
export interface Episode {
  readonly scenario: ScenarioId;
  readonly credentialId: string;
  readonly startMs: number;
  readonly endMs: number;
  /** The family an explanation should name first. */
  readonly family: Family;
  readonly alsoFamilies: readonly Family[];
  /** Episodes of one campaign over many credentials share it. */
  readonly campaign: string | null;
  readonly violation: boolean;
  /** Noise around the theft of the same campaign: no false alarm when found, no miss when not. */
  readonly chaff: boolean;
  /** Calls the attacker plans; sampling gateways log fewer. */
  readonly calls: number;
}

export interface SimulatedCall {
  readonly event: UsageEvent;
  /** Set only on events an attacker made. */
  readonly attack: Episode | null;
}

export interface SimulatedCredential {
  readonly id: string;
  readonly type: CredentialType;
  readonly kind: WorkloadKind;
  readonly gateway: string;
  readonly startMs: number;
}

/** One benign change that was planned to reach many credentials. */
export interface CommonCause {
  readonly confounder: string;
  readonly shows: CauseShows;
  readonly startMs: number;
  /** When it reaches each credential, by every id that the credential has. */
  readonly reachedMs: ReadonlyMap<string, number>;
}

export interface World {
  readonly parameters: WorldParameters;
  readonly startMs: number;
  readonly endMs: number;
  readonly credentials: readonly SimulatedCredential[];
  readonly episodes: readonly Episode[];
  /** What a revocation list would say; for scenarios of revoked credentials. */
  readonly revocations: readonly Revocation[];
  /** Credentials planted as bait. */
  readonly decoys: readonly string[];
  /** Benign changes that were planned, by name: how often each happens. */
  readonly confounders: ReadonlyMap<string, number>;
  /** Those of them that reach many credentials at once. */
  readonly causes: readonly CommonCause[];
  /** In order of event time, an hour in memory at a time; every call starts over with the same events. Each event is a fresh object. */
  calls(): Generator<SimulatedCall>;
}

interface Running {
  readonly fleet: Fleet;
  readonly activities: readonly Attributed[];
  readonly episodes: readonly Episode[];
  readonly revocations: readonly Revocation[];
  readonly decoys: readonly string[];
  readonly confounders: ReadonlyMap<string, number>;
}

/** 2026-03-02, a Monday. */
const defaultStartMs = 1_772_409_600_000;

/** A whole simulated estate of credentials: the same options give the same events. */
export function createWorld(options: WorldOptions): World {
  const startMs = options.startMs ?? defaultStartMs;
  const endMs = startMs + (options.days ?? 28) * dayMs;
  const build = () => run(options, startMs, endMs);
  const first = build();
  return {
    parameters: first.fleet.parameters,
    startMs,
    endMs,
    credentials: [
      ...new Set([...first.fleet.credentials, ...first.activities.map(({ target }) => target)]),
    ].flatMap(described),
    episodes: first.episodes,
    revocations: first.revocations,
    decoys: first.decoys,
    confounders: first.confounders,
    causes: first.fleet.causes.map(({ reached, ...cause }) => ({
      ...cause,
      reachedMs: new Map(
        [...reached].flatMap(([{ id, rotation }, atMs]) => [
          [id, atMs],
          ...(rotation === null ? [] : [[rotation.id, atMs] as const]),
        ]),
      ),
    })),
    calls: () => {
      const { fleet, activities } = build();
      return playHours(fleet, activities);
    },
  };
}

/** A rotated key is a second credential to whoever reads the logs. */
function described({ id, type, kind, gateway, startMs, rotation }: Credential): SimulatedCredential[] {
  const first = { id, type, kind, gateway: gateway.type, startMs };
  return rotation === null ? [first] : [first, { ...first, id: rotation.id, startMs: rotation.atMs }];
}

function run(options: WorldOptions, startMs: number, endMs: number): Running {
  const root: Random = createRandom(options.seed);
  const drawn = drawParameters(options.style ?? 'randomised', root.stream('parameters'));
  const fleet = createFleet(root.stream('fleet'), { ...drawn, ...options.overrides }, startMs, endMs);
  const benign = planConfounders(fleet, root.stream('confounders'));
  const attacks = planAttacks(
    fleet,
    root.stream('attacks'),
    options.attacks ?? 'all',
    startMs + (options.warmupDays ?? 14) * dayMs,
  );
  for (const { changes } of fleet.credentials) changes.sort((a, b) => a.atMs - b.atMs);
  return {
    fleet,
    activities: [
      ...benign.activities.map((activity) => ({ ...activity, attack: null })),
      ...attacks.activities,
    ],
    episodes: attacks.episodes,
    revocations: attacks.revocations,
    decoys: attacks.decoys,
    confounders: benign.counts,
  };
}
