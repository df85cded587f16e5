import { logUniform } from '../distributions.ts';
import type { Fleet } from '../fleet.ts';
import type { Random } from '../random.ts';
import type { Activity } from '../scenario.ts';
import { bulkRuns } from './bulk-runs.ts';
import { byHand } from './by-hand.ts';
import type { Confounder } from './confounder.ts';
import { consoleVisits } from './console-visits.ts';
import {
  autoscaling,
  deployNewAddresses,
  movedHome,
  officeEgressChange,
  ownFailover,
  regionFailover,
} from './deployments.ts';
import { newDuty } from './duties.ts';
import { rehearsal, scopeChange } from './grants.ts';
import { keyRotation, onboarding } from './key-changes.ts';
import { listExports } from './list-exports.ts';
import {
  backfill,
  busyHour,
  ciBurst,
  loadTest,
  monthlyJob,
  outage,
  penetrationTest,
  webhookRetries,
} from './load.ts';
import { newIntegrations } from './new-integrations.ts';
import { orderedRuns } from './ordered-runs.ts';
import { clockChange, holiday, hotspot, newDevice, onCall, travel } from './people.ts';
import { retryLoops } from './retry-loops.ts';
import { ownScripts, stressTests } from './scripts.ts';
import { secondClient, secondSite } from './side-by-side.ts';
import { taskChanges } from './tasks.ts';
import {
  clientUpgrade,
  habitDrift,
  newEndpoints,
  permissionChange,
  renumbering,
  routeRename,
  tlsLibraryUpdate,
} from './upgrades.ts';
import { temporaryKeys, visitors } from './visitors.ts';

/** Newcomers come first: every later change may happen to them too. */
export const confounders: readonly Confounder[] = [
  onboarding,
  keyRotation,
  deployNewAddresses,
  autoscaling,
  regionFailover,
  ownFailover,
  officeEgressChange,
  movedHome,
  clientUpgrade,
  tlsLibraryUpdate,
  newEndpoints,
  habitDrift,
  taskChanges,
  routeRename,
  renumbering,
  permissionChange,
  scopeChange,
  rehearsal,
  outage,
  ciBurst,
  backfill,
  busyHour,
  loadTest,
  monthlyJob,
  orderedRuns,
  listExports,
  bulkRuns,
  retryLoops,
  webhookRetries,
  penetrationTest,
  travel,
  hotspot,
  holiday,
  onCall,
  clockChange,
  newDevice,
  secondClient,
  secondSite,
  newDuty,
  consoleVisits,
  byHand,
  newIntegrations,
  ownScripts,
  stressTests,
  visitors,
  temporaryKeys,
];

export interface PlannedConfounders {
  readonly activities: readonly Activity[];
  readonly counts: ReadonlyMap<string, number>;
}

/** Companies differ in what is everyday: one migrates data all the time and never fails over, another the reverse. */
function withItsOwnNoise(fleet: Fleet, random: Random, calm: number): Fleet {
  const often = logUniform(random.stream('how often'), 0.1, 2.5);
  return { ...fleet, parameters: { ...fleet.parameters, noise: fleet.parameters.noise * often * calm } };
}

/** Puts every benign change into the fleet; those that are part of how credentials live are counted too. */
export function planConfounders(fleet: Fleet, random: Random): PlannedConfounders {
  const activities: Activity[] = [];
  const counts = new Map<string, number>();
  // And in how much happens at all: by a factor of twelve.
  const calm = logUniform(random.stream('calm'), 0.1, 1.2);
  for (const confounder of confounders) {
    const own = random.stream(confounder.id);
    const planned = confounder.plan(
      withItsOwnNoise(fleet, own, confounder.isTurnover === true ? 1 : calm),
      own,
    );
    counts.set(confounder.id, typeof planned === 'number' ? planned : planned.count);
    if (typeof planned !== 'number') activities.push(...planned.activities);
  }
  const slots = fleet.credentials.flatMap((credential) => credential.slots);
  counts.set('dhcp-lease', slots.filter((each) => Number.isFinite(each.keepMs)).length);
  counts.set('mobile-roaming', slots.filter((each) => each.place === 'move').length);
  counts.set('office-nat', slots.filter((each) => each.place === 'work').length);
  counts.set('private-relay', slots.filter((each) => each.network.kind === 'relay').length);
  counts.set('hosted-runners', slots.filter((each) => each.place === 'any' && each.pool !== null).length);
  counts.set('monitor-from-many-cities', fleet.credentials.filter((c) => c.kind === 'monitor').length);
  counts.set('clock-skew', fleet.gateways.filter((gateway) => gateway.skewMs !== 0).length);
  counts.set('log-sampling', fleet.gateways.filter((gateway) => gateway.sampleRate < 1).length);
  counts.set(
    'missing-fields',
    fleet.gateways.filter(
      (g) => !(g.logsClient && g.logsTls && g.logsObject && g.logsNetwork && g.logsToken && g.logsBytes),
    ).length,
  );
  return { activities, counts };
}
