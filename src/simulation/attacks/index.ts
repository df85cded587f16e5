import { heldOutGroups, type Scenario } from '../scenario.ts';
import { mimicry, sameNetworkInterleaved } from './coexistence.ts';
import { fastScrape, shuffledBlockScrape } from './enumeration.ts';
import { adminRoutes, permissionProbing, scopeEscalation } from './probing.ts';
import { slowScrape, slowScrapeOwnHours } from './slow-scrape.ts';
import { leakedCiKey, stolenKeyNatMate, stolenKeyNewNetwork, stolenKeySameClient } from './stolen-key.ts';
import { byteBurst, rateBurst, volumeRamp } from './volume.ts';

const all = [
  stolenKeyNewNetwork,
  stolenKeySameClient,
  sameNetworkInterleaved,
  stolenKeyNatMate,
  fastScrape,
  shuffledBlockScrape,
  slowScrape,
  slowScrapeOwnHours,
  permissionProbing,
  adminRoutes,
  rateBurst,
  byteBurst,
  volumeRamp,
  mimicry,
  leakedCiKey,
  scopeEscalation,
] as const;

export type ScenarioId = (typeof all)[number]['id'];

/** Every attack of the catalogue, by number. */
export const scenarios: readonly Scenario<ScenarioId>[] = all;

export function scenarioById(id: ScenarioId): Scenario<ScenarioId> {
  const found = scenarios.find((scenario) => scenario.id === id);
  if (found === undefined) throw new Error(`no scenario is called '${id}'`);
  return found;
}

export function isHeldOut(id: ScenarioId): boolean {
  return heldOutGroups.includes(scenarioById(id).group);
}

/** Scenarios the score may be trained on, and those it must never see before the report. */
export const trainingScenarios: readonly ScenarioId[] = scenarios
  .filter((s) => !isHeldOut(s.id))
  .map((s) => s.id);
export const heldOutScenarios: readonly ScenarioId[] = scenarios
  .filter((s) => isHeldOut(s.id))
  .map((s) => s.id);
