import { type Severity, severities } from '../../schemas/alert.ts';
import type { Check } from './check.ts';
import type { CredentialFacts } from './credential-facts.ts';
import type { Survey } from './survey.ts';

export interface PostureFinding {
  readonly check: string;
  readonly severity: Severity;
  readonly credential: string;
  readonly type: string;
  readonly name: string | null;
  readonly consumer: string | null;
  readonly owner: string | null;
  readonly observed: string;
  readonly limit: string;
  readonly action: string;
}

export interface CheckResult {
  readonly id: string;
  readonly summary: string;
  readonly owasp: readonly string[];
  readonly misses: string;
  readonly action: string;
  readonly findings: number;
  /** Credentials of which the log tells enough. */
  readonly judged: number;
  /** Why others could not be judged, the commonest first. */
  readonly untold: readonly { readonly why: string; readonly credentials: number }[];
}

/** All checks on all credentials; the gravest findings first, then those of the most used credentials. */
export function judgeAll(
  checks: readonly Check[],
  credentials: readonly CredentialFacts[],
  survey: Survey,
): { readonly findings: readonly PostureFinding[]; readonly results: readonly CheckResult[] } {
  const found: { finding: PostureFinding; uses: number }[] = [];
  const results = checks.map(({ judge, ...check }) => {
    const before = found.length;
    const untold = new Map<string, number>();
    let judged = 0;
    for (const facts of credentials) {
      const judgement = judge(facts, survey);
      if (judgement.verdict === 'untold') untold.set(judgement.why, (untold.get(judgement.why) ?? 0) + 1);
      else judged += 1;
      if (judgement.verdict !== 'finding') continue;
      const { severity, observed, limit } = judgement;
      const { id: credential, type, name, consumer, owner, uses } = facts;
      found.push({
        uses,
        finding: {
          check: check.id,
          severity,
          credential,
          type,
          name,
          consumer,
          owner,
          observed,
          limit,
          action: check.action,
        },
      });
    }
    return {
      ...check,
      findings: found.length - before,
      judged,
      untold: [...untold]
        .map(([why, count]) => ({ why, credentials: count }))
        .sort((a, b) => b.credentials - a.credentials || (a.why < b.why ? -1 : 1)),
    };
  });
  const grade = (severity: Severity) => severities.indexOf(severity);
  found.sort(
    (a, b) =>
      grade(b.finding.severity) - grade(a.finding.severity) ||
      b.uses - a.uses ||
      (a.finding.credential < b.finding.credential
        ? -1
        : a.finding.credential > b.finding.credential
          ? 1
          : 0),
  );
  return { findings: found.map(({ finding }) => finding), results };
}
