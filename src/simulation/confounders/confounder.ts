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

/** What each of these credentials does now and then, with draws of its own each time. */
export function nowAndThen(
  fleet: Fleet,
  random: Random,
  { name, everyDays, does }: { name: string; everyDays: number; does: (credential: Credential) => boolean },
  activity: (random: Random, credential: Credential, startMs: number) => Activity,
): { readonly count: number; readonly activities: readonly Activity[] } {
  const activities = fleet.credentials
    .filter(does)
    .flatMap((credential) =>
      timesOver(fleet, random, everyDays).map((startMs) =>
        activity(random.stream(`${name} ${credential.tag} ${startMs}`), credential, startMs),
      ),
    );
  return { count: activities.length, activities };
}

/** Whether something with this share of the fleet happens to one credential; noise makes it likelier. */
export function happens(fleet: Fleet, random: Random, share: number): boolean {
  return random.next() < share * fleet.parameters.noise;
}

export function at(credential: Credential, atMs: number, apply: Change['apply']): void {
  credential.changes.push({ atMs, apply });
}
