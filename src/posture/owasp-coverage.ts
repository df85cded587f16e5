import { type UsageEventField, usageEventFields } from '../../schemas/usage-event.ts';
import type { Detector } from '../engine/detector.ts';
import type { CheckResult } from './judge-all.ts';
import { owaspItems } from './owasp.ts';

/** Below this share of events with what it needs, a detector counts as blind. */
const blindBelow = 0.5;

export interface OwaspCoverage {
  readonly item: string;
  readonly title: string;
  readonly checks: readonly { readonly id: string; readonly findings: number; readonly judged: number }[];
  readonly detectors: readonly string[];
  /** Detectors that cannot see on this log, with the fields that it lacks. */
  readonly blind: readonly { readonly id: string; readonly lacks: readonly string[] }[];
  readonly notInLogs: string;
}

/** What looks at each item of the list, on the log at hand. `shares` says how many events carry a field. */
export function owaspCoverage(
  results: readonly CheckResult[],
  detectors: readonly Detector[],
  shares: ReadonlyMap<string, number>,
): OwaspCoverage[] {
  return owaspItems.map(({ id: item, title, notInLogs }) => {
    const own = detectors
      .filter(({ owasp }) => owasp.includes(item))
      .map(({ id, needs }) => ({ id, lacks: lacksOf(needs, shares) }));
    return {
      item,
      title,
      checks: results
        .filter(({ owasp }) => owasp.includes(item))
        .map(({ id, findings, judged }) => ({ id, findings, judged })),
      detectors: own.filter(({ lacks }) => lacks.length === 0).map(({ id }) => id),
      blind: own.filter(({ lacks }) => lacks.length > 0),
      notInLogs,
    };
  });
}

/** The needs that are scarce, by the names that fields have in canonical lines. */
function lacksOf(needs: Detector['needs'], shares: ReadonlyMap<string, number>): string[] {
  const shareOf = (field: UsageEventField) => shares.get(field) ?? 0;
  return needs
    .map((need) => [need].flat())
    .filter((anyOf) => Math.max(...anyOf.map(shareOf)) < blindBelow)
    .map((anyOf) => anyOf.map((field) => usageEventFields[field].wire).join(' or '));
}
