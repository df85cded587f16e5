import type { Fleet } from '../fleet.ts';
import type { Random } from '../random.ts';
import type { Activity } from '../scenario.ts';

export interface PlannedConfounders {
  readonly activities: readonly Activity[];
  readonly counts: ReadonlyMap<string, number>;
}

export function planConfounders(_fleet: Fleet, _random: Random): PlannedConfounders {
  return { activities: [], counts: new Map() };
}
