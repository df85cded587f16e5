import { type Scenario, withheldGroups } from '../scenario.ts';
import { agentNewTools, agentOutsideTask, agentSpend, agentToolLoop } from './agents.ts';
import { brokenObjectAuthorisation, objectGuessing } from './broken-authorisation.ts';
import { masquerade, mimicry, sameNetworkInterleaved } from './coexistence.ts';
import { credentialSpray, distributedOneFingerprint, distributedRotating } from './distributed.ts';
import { fastScrape, shuffledBlockScrape } from './enumeration.ts';
import { handOver, impossibleTravel } from './hand-over.ts';
import {
  insiderCollect,
  insiderMeddle,
  intrusionBlendIn,
  intrusionCollect,
  intrusionMeddle,
} from './intrusion.ts';
import {
  decoyUsed,
  environmentCrossing,
  expiredAccepted,
  revokedAccepted,
  secretInUrl,
  sharedKey,
  wrongAudience,
} from './lifecycle.ts';
import { scriptedSession, temporaryKeyAbuse } from './newcomers.ts';
import { paginationSweep } from './pagination.ts';
import { baselineFlooding, calibratorAttack, contextRamp } from './poisoning.ts';
import { adminRoutes, permissionProbing, scopeEscalation } from './probing.ts';
import { dormantWake, humanTurnedRobot, offHours } from './rhythm.ts';
import { slowScrape, slowScrapeOwnHours } from './slow-scrape.ts';
import { leakedCiKey, stolenKeyNatMate, stolenKeyNewNetwork, stolenKeySameClient } from './stolen-key.ts';
import { proofReplay, refreshFork, senderMismatch, tokenReplay } from './token-misuse.ts';
import { byteBurst, rateBurst, volumeRamp } from './volume.ts';

const all = [
  stolenKeyNewNetwork,
  stolenKeySameClient,
  sameNetworkInterleaved,
  stolenKeyNatMate,
  tokenReplay,
  proofReplay,
  senderMismatch,
  impossibleTravel,
  handOver,
  refreshFork,
  fastScrape,
  shuffledBlockScrape,
  slowScrape,
  slowScrapeOwnHours,
  paginationSweep,
  objectGuessing,
  brokenObjectAuthorisation,
  distributedOneFingerprint,
  distributedRotating,
  permissionProbing,
  adminRoutes,
  rateBurst,
  byteBurst,
  offHours,
  dormantWake,
  contextRamp,
  volumeRamp,
  baselineFlooding,
  mimicry,
  revokedAccepted,
  expiredAccepted,
  leakedCiKey,
  sharedKey,
  scopeEscalation,
  humanTurnedRobot,
  calibratorAttack,
  agentNewTools,
  agentToolLoop,
  agentSpend,
  agentOutsideTask,
  credentialSpray,
  wrongAudience,
  secretInUrl,
  environmentCrossing,
  decoyUsed,
  masquerade,
  scriptedSession,
  temporaryKeyAbuse,
  intrusionCollect,
  intrusionMeddle,
  intrusionBlendIn,
  insiderCollect,
  insiderMeddle,
] as const;

export type ScenarioId = (typeof all)[number]['id'];

/** Every attack of the catalogue, by number. */
export const scenarios: readonly Scenario<ScenarioId>[] = all;

export function scenarioById(id: ScenarioId): Scenario<ScenarioId> {
  const found = scenarios.find((scenario) => scenario.id === id);
  if (found === undefined) throw new Error(`no scenario is called '${id}'`);
  return found;
}

/** What is withheld from the training that tells how well it does without: whole groups. */
export const withheldScenarios: readonly ScenarioId[] = scenarios
  .filter(({ group }) => withheldGroups.includes(group))
  .map(({ id }) => id);
