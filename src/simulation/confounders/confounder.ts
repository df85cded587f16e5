import type { Change, Credential } from '../credential.ts';
import { dayMs } from '../credential.ts';
import { poisson, uniform } from '../distributions.ts';
import type { Fleet } from '../fleet.ts';
import type { Random } from '../random.ts';
import type { Activity } from '../scenario.ts';

/** A benign change that looks unusual. `plan` puts it into the fleet and says how often it happens. */
export interface Confounder {
  readonly id: string;
  readonly description: string;
  /** Who comes and goes, not what changes: as many of them in the calmest company. */
  readonly isTurnover?: boolean;
  plan(
    fleet: Fleet,
    random: Random,
  ): number | { readonly count: number; readonly activities: readonly Activity[] };
}

/** Random times over the whole world, on average one every `everyDays` (noise makes them more frequent). */
export function timesOver(fleet: Fleet, random: Random, everyDays: number): number[] {
  const days = (fleet.endMs - fleet.startMs) / dayMs;
  const count = poisson(random, (days / everyDays) * fleet.parameters.noise);
  return Array.from({ length: count }, () => uniform(random, fleet.startMs, fleet.endMs)).sort(
    (a, b) => a - b,
  );
}

/** Whether something with this share of the fleet happens to one credential; noise makes it likelier. */
export function happens(fleet: Fleet, random: Random, share: number): boolean {
  return random.next() < share * fleet.parameters.noise;
}

export function at(credential: Credential, atMs: number, apply: Change['apply']): void {
  credential.changes.push({ atMs, apply });
}
