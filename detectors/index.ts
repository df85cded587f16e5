import type { Detector } from '../src/engine/detector.ts';
import declaredUse from './lifecycle/declared-use.ts';
import decoyCredential from './lifecycle/decoy-credential.ts';
import environmentChange from './lifecycle/environment-change.ts';
import environmentCrossing from './lifecycle/environment-crossing.ts';
import expiredAccepted from './lifecycle/expired-accepted.ts';
import manyWorkloads from './lifecycle/many-workloads.ts';
import revokedAccepted from './lifecycle/revoked-accepted.ts';
import secretInUrl from './lifecycle/secret-in-url.ts';
import singleFactorSignIn from './lifecycle/single-factor-sign-in.ts';
import weakToken from './lifecycle/weak-token.ts';
import wrongAudience from './lifecycle/wrong-audience.ts';
import agentSpend from './out-of-pattern/agent-spend.ts';
import agentTools from './out-of-pattern/agent-tools.ts';
import cadenceChange from './out-of-pattern/cadence-change.ts';
import dormantUse from './out-of-pattern/dormant-use.ts';
import errorBurst from './out-of-pattern/error-burst.ts';
import newOperation from './out-of-pattern/new-operation.ts';
import operationMix from './out-of-pattern/operation-mix.ts';
import permissionProbing from './out-of-pattern/permission-probing.ts';
import requestRate from './out-of-pattern/request-rate.ts';
import scriptedSession from './out-of-pattern/scripted-session.ts';
import sensitiveOperation from './out-of-pattern/sensitive-operation.ts';
import unusualHour from './out-of-pattern/unusual-hour.ts';
import impossibleTravel from './replay/impossible-travel.ts';
import instanceCredentialElsewhere from './replay/instance-credential-elsewhere.ts';
import issuedBySuspect from './replay/issued-by-suspect.ts';
import newContext from './replay/new-context.ts';
import parallelUse from './replay/parallel-use.ts';
import refreshFork from './replay/refresh-fork.ts';
import senderConstraint from './replay/sender-constraint.ts';
import tokenReuse from './replay/token-reuse.ts';
import bulkEgress from './scraping/bulk-egress.ts';
import credentialSpray from './scraping/credential-spray.ts';
import foreignObjects from './scraping/foreign-objects.ts';
import idEnumeration from './scraping/id-enumeration.ts';
import objectBreadth from './scraping/object-breadth.ts';
import paginationDepth from './scraping/pagination-depth.ts';
import sharedFingerprint from './scraping/shared-fingerprint.ts';

/**
 * Every detector, in the order in which their features enter the learned combination and their state
 * enters the record: append; a change of order makes stored records and weights unreadable.
 */
export const detectors: readonly Detector[] = [
  newContext,
  parallelUse,
  impossibleTravel,
  objectBreadth,
  foreignObjects,
  idEnumeration,
  paginationDepth,
  bulkEgress,
  newOperation,
  environmentChange,
  operationMix,
  requestRate,
  errorBurst,
  permissionProbing,
  unusualHour,
  dormantUse,
  cadenceChange,
  agentTools,
  agentSpend,
  manyWorkloads,
  sharedFingerprint,
  credentialSpray,
  sensitiveOperation,
  scriptedSession,
  tokenReuse,
  senderConstraint,
  instanceCredentialElsewhere,
  expiredAccepted,
  revokedAccepted,
  wrongAudience,
  weakToken,
  secretInUrl,
  refreshFork,
  decoyCredential,
  environmentCrossing,
  declaredUse,
  singleFactorSignIn,
  issuedBySuspect,
];
