import type { Severity } from '../../schemas/alert.ts';
import type { CredentialFacts } from './credential-facts.ts';
import type { Survey } from './survey.ts';

/** What a check makes of one credential. What the log does not tell is neither a finding nor fine. */
export type Judgement =
  | {
      readonly verdict: 'finding';
      readonly severity: Severity;
      readonly observed: string;
      readonly limit: string;
    }
  | { readonly verdict: 'fine' }
  | { readonly verdict: 'untold'; readonly why: string };

export interface Check {
  /** Also its file name. */
  readonly id: string;
  /** One sentence: what is wrong with a credential that it finds. */
  readonly summary: string;
  /** OWASP Non-Human Identities Top 10 (2025). */
  readonly owasp: readonly string[];
  /** What it does not see, and what it mistakes. */
  readonly misses: string;
  readonly action: string;
  judge(facts: CredentialFacts, survey: Survey): Judgement;
}

export const fine: Judgement = { verdict: 'fine' };
export const untold = (why: string): Judgement => ({ verdict: 'untold', why });
export const finding = (severity: Severity, observed: string, limit: string): Judgement => ({
  verdict: 'finding',
  severity,
  observed,
  limit,
});
