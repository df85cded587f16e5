import type { Credential } from './credential.ts';
import { chance, integer, uniform } from './distributions.ts';
import type { WorkloadKind, WorldParameters } from './parameters.ts';
import type { Random } from './random.ts';

/**
 * Relative intensity by local hour of the week (Monday 0 h first). Machines hum around the clock;
 * people have a working day of their own, a lunch break and the odd evening.
 */
export function weeklyProfile(random: Random, kind: WorkloadKind, parameters: WorldParameters): Float64Array {
  const profile = new Float64Array(168);
  const begins = uniform(random, 7, 10);
  const works = uniform(random, 7, 10);
  const swing = uniform(random, 0.1, 0.7);
  const weekend = kind === 'person' ? parameters.weekendFactor * 0.5 : 0.3 + 0.7 * parameters.weekendFactor;
  const evening = chance(random, 0.35) ? uniform(random, 0.05, 0.3) : 0.02;
  const roundTheClock =
    kind === 'service' || kind === 'monitor' || kind === 'batch' || (kind === 'agent' && chance(random, 0.5));
  for (let hour = 0; hour < 168; hour++) {
    const ofDay = hour % 24;
    const restDay = hour >= 120;
    let level: number;
    if (kind === 'monitor' || kind === 'batch') level = 1;
    else if (roundTheClock) level = 1 + swing * Math.sin(((ofDay - 8) / 24) * 2 * Math.PI);
    else {
      const into = ofDay + 0.5 - begins;
      const working = into >= 0 && into <= works;
      const lunch = working && Math.abs(into - works / 2) < 0.5 ? 0.5 : 1;
      const background = kind === 'person' ? 0.001 : 0.1;
      level = working ? lunch : ofDay >= begins && ofDay < 23 ? Math.max(evening, background) : background;
    }
    profile[hour] = level * (restDay && kind !== 'monitor' && kind !== 'batch' ? weekend : 1);
  }
  return profile;
}

/** Index into a weekly profile: Monday 00:00 local is 0. 1970-01-01 was a Thursday. */
export function hourOfWeek(timeMs: number, timeZoneHours: number): number {
  const hours = Math.floor(timeMs / 3_600_000) + timeZoneHours + 72;
  return ((hours % 168) + 168) % 168;
}

export function schedule(random: Random): { everyHours: number; atHour: number; atMinute: number } {
  const everyHours = [1, 1, 4, 6, 12, 24, 24, 24][integer(random, 0, 7)] as number;
  return { everyHours, atHour: integer(random, 0, everyHours - 1), atMinute: integer(random, 0, 50) };
}

function meanOf(profile: Float64Array): number {
  let sum = 0;
  for (const value of profile) sum += value;
  return sum / profile.length;
}

/** What the habit makes of an average day. */
export function eventsPerDay(credential: Credential): number {
  if (credential.pattern === 'cron') return (credential.ratePerHour * 24) / credential.cron.everyHours;
  return credential.ratePerHour * meanOf(credential.profile) * 24;
}
