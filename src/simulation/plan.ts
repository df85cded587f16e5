import { type ScenarioId, scenarioById, scenarios } from './attacks/index.ts';
import { type Credential, dayMs } from './credential.ts';
import { chance, logUniform, sample, uniform } from './distributions.ts';
import type { Fleet } from './fleet.ts';
import type { Random } from './random.ts';
import type { Activity, Revocation, Stage } from './scenario.ts';
import type { Episode } from './world.ts';

export interface PlannedAttacks {
  readonly activities: readonly (Activity & { readonly attack: Episode | null })[];
  readonly episodes: readonly Episode[];
  readonly revocations: readonly Revocation[];
  readonly decoys: readonly string[];
}

/** Attacks may touch at most this share of the fleet, so that enough clean credentials remain. */
const attackedShare = 0.45;

/**
 * Chooses victims and times. Each scenario has a stream of its own, so that leaving one out
 * neither changes the benign traffic nor the other attacks' draws; a credential falls victim once.
 */
export function planAttacks(
  fleet: Fleet,
  random: Random,
  wanted: readonly ScenarioId[] | 'all' | 'none',
  fromMs: number,
): PlannedAttacks {
  const chosen = wanted === 'none' ? [] : wanted === 'all' ? scenarios : wanted.map(scenarioById);
  // Where days were played before, victims have been known for a week; in a world that has just begun, as long as it has.
  const leastAgeMs = Math.min(7 * dayMs, fromMs - fleet.startMs);
  const taken = new Set<Credential>();
  const room = Math.max(1, Math.floor(fleet.credentials.length * attackedShare));
  const rounds = fleet.parameters.attacksPerScenario;
  const activities: (Activity & { attack: Episode | null })[] = [];
  const episodes: Episode[] = [];
  const revocations: Revocation[] = [];
  const decoys: string[] = [];
  const order = sample(random.stream('order'), chosen, chosen.length);
  for (let round = 0; round < rounds; round++) {
    for (const scenario of order) {
      if (taken.size >= room) break;
      if (round >= (scenario.atMost ?? rounds)) continue;
      const own = random.stream(`${scenario.id} ${round}`);
      const startMs = uniform(own, fromMs, Math.max(fromMs + 1, fleet.endMs - 2.5 * dayMs));
      const ready = fleet.credentials.filter(
        (c) =>
          !taken.has(c) &&
          c.startMs <= startMs - leastAgeMs &&
          c.endMs > fleet.endMs - 1 &&
          settled(c, startMs) &&
          scenario.fits(c, fleet),
      );
      if (ready.length === 0) continue;
      const target = ready[Math.floor(own.next() * ready.length)] as Credential;
      const plan = scenario.plan({ fleet, random: own, ...mannerOf(fleet, own) }, target, startMs);
      if (plan === null) continue;
      const campaign =
        plan.activities.length > 1 && plan.activities.some((a) => a.target !== target)
          ? `${scenario.id}-${round}`
          : null;
      const byTarget = new Map<Credential, Activity[]>();
      for (const activity of plan.activities) {
        const times = activity.times.filter((at) => at < fleet.endMs);
        if (times.length === 0) continue;
        byTarget.set(activity.target, [...(byTarget.get(activity.target) ?? []), { ...activity, times }]);
      }
      for (const [victim, own] of byTarget) {
        taken.add(victim);
        const hostile = own.filter((a) => a.own !== true);
        if (hostile.length === 0) continue;
        const first = Math.min(...hostile.map((a) => a.times[0] as number));
        const last = Math.max(...hostile.map((a) => a.times[a.times.length - 1] as number));
        const episode: Episode = {
          scenario: scenario.id,
          credentialId: idAt(victim, first),
          startMs: Math.floor(first),
          endMs: Math.ceil(Math.min(fleet.endMs, Math.max(last + 1, plan.endMs ?? 0))),
          family: scenario.family,
          alsoFamilies: scenario.alsoFamilies ?? [],
          campaign,
          violation: scenario.violation ?? false,
          chaff: hostile.every((a) => a.chaff === true),
          calls: hostile.reduce((sum, a) => sum + a.times.length, 0),
        };
        episodes.push(episode);
        for (const activity of own) activities.push({ ...activity, attack: activity.own ? null : episode });
      }
      for (const { target: silent, interval } of plan.mutes ?? []) silent.mutes.push(interval);
      revocations.push(...(plan.revocations ?? []));
      decoys.push(...(plan.decoys ?? []).map((c) => c.id));
    }
  }
  return { activities, episodes, revocations, decoys };
}

/** No two attackers take as much, are in the same hurry, or know the API as well. */
function mannerOf(fleet: Fleet, random: Random): Omit<Stage, 'fleet' | 'random'> {
  const mistakes = random.stream('mistakes');
  const curiosity = random.stream('curiosity');
  return {
    strength: fleet.parameters.attackStrength * logUniform(random.stream('strength'), 0.5, 2),
    pace: logUniform(random.stream('pace'), 0.4, 2.5),
    mistakes: chance(mistakes, 0.6) ? 0 : logUniform(mistakes, 0.02, 0.5),
    curiosity: chance(curiosity, 0.6) ? 0 : uniform(curiosity, 0.05, 0.6),
  };
}

/** No rotation during the attack or shortly before it: whose key is stolen must be plain. */
function settled(credential: Credential, startMs: number): boolean {
  const { rotation } = credential;
  return rotation === null || rotation.atMs + rotation.overlapMs < startMs - 4 * dayMs;
}

function idAt(credential: Credential, timeMs: number): string {
  const { rotation } = credential;
  return rotation !== null && timeMs >= rotation.atMs ? rotation.id : credential.id;
}
