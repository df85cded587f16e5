import type { Detector } from '../engine/detector.ts';
import { checks } from './checks/index.ts';
import type { Inventory } from './inventory.ts';
import { type CheckResult, judgeAll, type PostureFinding } from './judge-all.ts';
import { type OwaspCoverage, owaspCoverage } from './owasp-coverage.ts';
import type { PostureOptions } from './posture-options.ts';
import { surveyOf } from './survey.ts';

const mostFindings = 10_000;

/** What `posture` found out; plain data. Texts come from the log: make them printable before showing them. */
export interface PostureReport {
  /** Time of the first and the last call; null when there was none. */
  readonly from: string | null;
  readonly to: string | null;
  readonly spanDays: number;
  readonly options: PostureOptions;
  readonly credentials: number;
  readonly uses: number;
  readonly refusedCalls: number;
  readonly anonymousCalls: number;
  /** Uses of credentials beyond the bound, of which nothing is said. */
  readonly usesLeftOut: number;
  /** Smallest share of its requests that a gateway says it logs: below 1, "never used" is weaker. */
  readonly sampleRate: number;
  /** The gravest first. */
  readonly findings: readonly PostureFinding[];
  /** Less grave findings beyond the bound. */
  readonly findingsLeftOut: number;
  readonly checks: readonly CheckResult[];
  readonly owasp: readonly OwaspCoverage[];
}

/** `shares` says how many of the events carry each field that a detector needs. */
export function postureReport(
  inventory: Inventory,
  options: PostureOptions,
  detectors: readonly Detector[],
  shares: ReadonlyMap<string, number>,
): PostureReport {
  const credentials = inventory.credentials();
  const survey = surveyOf(inventory, credentials, options);
  const { findings, results } = judgeAll(checks, credentials, survey);
  const isEmpty = !Number.isFinite(survey.firstMs);
  return {
    from: isEmpty ? null : new Date(survey.firstMs).toISOString(),
    to: isEmpty ? null : new Date(survey.lastMs).toISOString(),
    spanDays: survey.spanDays,
    options,
    credentials: credentials.length,
    uses: inventory.uses,
    refusedCalls: inventory.refusedCalls,
    anonymousCalls: inventory.anonymousCalls,
    usesLeftOut: inventory.usesLeftOut,
    sampleRate: inventory.sampleRate,
    findings: findings.slice(0, mostFindings),
    findingsLeftOut: Math.max(0, findings.length - mostFindings),
    checks: results,
    owasp: owaspCoverage(results, detectors, shares),
  };
}
