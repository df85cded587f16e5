import type { Family } from '../../schemas/alert.ts';
import type { CredentialType, UsageEvent } from '../../schemas/usage-event.ts';
import type { ScenarioId } from './attacks/index.ts';
import { planConfounders } from './confounders/index.ts';
import { type Credential, dayMs, hourMs } from './credential.ts';
import { eventOf } from './event.ts';
import { createFleet, type Fleet } from './fleet.ts';
import { drawParameters, type WorkloadKind, type WorldParameters, type WorldStyle } from './parameters.ts';
import { planAttacks } from './plan.ts';
import { createRandom, type Random } from './random.ts';
import type { Activity, Revocation } from './scenario.ts';
import { ownCalls } from './traffic.ts';

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
  readonly heldOut: boolean;
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
  /** In order of event time, an hour in memory at a time; every call starts over with the same events. Each event is a fresh object. */
  calls(): Generator<SimulatedCall>;
}

interface Running {
  readonly fleet: Fleet;
  readonly activities: readonly (Activity & { readonly attack: Episode | null })[];
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
    credentials: first.fleet.credentials.flatMap(described),
    episodes: first.episodes,
    revocations: first.revocations,
    decoys: first.decoys,
    confounders: first.confounders,
    calls: () => generate(build()),
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

/** Clocks are off by at most 90 s: an event of a later hour can't be older than this. */
const skewMs = 120_000;

function* generate({ fleet, activities }: Running): Generator<SimulatedCall> {
  let waiting: SimulatedCall[] = [];
  let current: Episode | null = null;
  const emit = (event: UsageEvent) => {
    waiting.push({ event, attack: current });
  };
  const cursors = activities.map((activity, i) => ({
    activity,
    next: 0,
    tag: activityTag(activity.target, i),
    random: activity.target.random.stream(`activity ${i}`),
  }));
  let open = cursors
    .filter(({ activity }) => activity.times.length > 0)
    .sort((a, b) => (a.activity.times[0] as number) - (b.activity.times[0] as number));
  for (let hour = fleet.startMs; hour < fleet.endMs; hour += hourMs) {
    current = null;
    for (const credential of fleet.credentials) ownCalls(credential, hour, fleet.startMs, emit);
    let finished = 0;
    for (const cursor of open) {
      const { activity } = cursor;
      if ((activity.times[cursor.next] ?? Number.POSITIVE_INFINITY) >= hour + hourMs) {
        if (cursor.next === 0) break;
        continue;
      }
      current = activity.attack;
      for (
        let at = activity.times[cursor.next];
        at !== undefined && at < hour + hourMs;
        at = activity.times[++cursor.next]
      ) {
        const call = activity.make(at, cursor.next);
        const { sampleRate } = activity.target.gateway;
        if (sampleRate < 1 && cursor.random.next() >= sampleRate) continue;
        emit(eventOf(activity.target, call, at, cursor.tag, cursor.next));
      }
      if (cursor.next >= activity.times.length) finished++;
    }
    if (finished > 0) open = open.filter((cursor) => cursor.next < cursor.activity.times.length);
    const ready = sorted(waiting);
    const until = hour + hourMs >= fleet.endMs ? Number.POSITIVE_INFINITY : hour + hourMs - skewMs;
    let i = 0;
    for (; i < ready.length && (ready[i] as SimulatedCall).event.timestampMs < until; i++)
      yield ready[i] as SimulatedCall;
    waiting = ready.slice(i);
  }
}

/** Like the holder's own ids, so that nothing in an event tells who made it. */
function activityTag(target: Credential, index: number): string {
  return target.random.stream(`tag ${index}`).bits().toString(16).padStart(8, '0');
}

/** Sorted by event time, ties by arrival: numbers sort natively, objects through a comparator don't. */
function sorted(calls: readonly SimulatedCall[]): SimulatedCall[] {
  const keys = new Float64Array(calls.length);
  let base = Number.POSITIVE_INFINITY;
  for (const { event } of calls) if (event.timestampMs < base) base = event.timestampMs;
  for (const [i, { event }] of calls.entries()) keys[i] = (event.timestampMs - base) * 2_097_152 + i;
  keys.sort();
  return Array.from(keys, (key) => calls[key % 2_097_152] as SimulatedCall);
}
