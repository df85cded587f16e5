import type { UsageEvent } from '../../schemas/usage-event.ts';
import { dayMs } from '../stats/durations.ts';
import { BoundedMap } from './bounded-map.ts';

/** What came more than an hour before the first evidence is not asked for: a few hours of issues are enough. */
const mostIssued = 5_000;
const mostSuspects = 10_000;
/** Longer than that, somebody else has seen to it or nobody will. */
const suspectForMs = 30 * dayMs;

interface Issue {
  readonly issuer: string;
  readonly atMs: number;
  /** Time of the issue that the line of descent began with: it must not grow young by being passed on. */
  readonly rootMs: number;
}

/**
 * Which credential issued which: what a thief makes with a stolen key is as stolen as the key, and goes on
 * working when the key is revoked. Event time only; bounded; the youngest are kept.
 */
export class Lineage {
  readonly #issued = new BoundedMap<string, Issue>(mostIssued);
  /** Issued by a credential while evidence against it stood: honest issuers cannot push them out. */
  readonly #suspects = new BoundedMap<string, Issue>(mostSuspects);

  get evictions(): number {
    return this.#issued.evictions + this.#suspects.evictions;
  }

  /** An accepted call that issues credentials. `isSuspect`: evidence against the caller stands. */
  remember(event: UsageEvent, isSuspect: boolean): void {
    const { credentialId: issuer, timestampMs: atMs } = event;
    const issue = {
      issuer,
      atMs,
      rootMs: (isSuspect ? this.#suspectIssue(event)?.rootMs : undefined) ?? atMs,
    };
    for (const id of event.issuedIds) {
      // Of two records of one issue, and of those that come late, the graver counts.
      if (!isSuspect && (this.#suspects.get(id)?.atMs ?? -1) >= atMs) continue;
      this.#issued.delete(id);
      this.#suspects.delete(id);
      (isSuspect ? this.#suspects : this.#issued).set(id, issue);
    }
  }

  /** Evidence against the issuer stands: so it does against all that it issued since then. */
  suspect(issuer: string, sinceMs: number): void {
    for (const [id, issue] of this.#issued) {
      if (issue.issuer !== issuer || issue.atMs < sinceMs) continue;
      this.#issued.delete(id);
      this.#suspects.set(id, issue);
    }
  }

  /** Credential under suspicion that issued the event's token or credential; empty when none did, or itself. */
  suspectIssuerOf(event: UsageEvent): string {
    const issue = this.#suspectIssue(event);
    if (issue === undefined || event.timestampMs - issue.rootMs >= suspectForMs) return '';
    return issue.issuer === event.credentialId ? '' : issue.issuer;
  }

  #suspectIssue(event: UsageEvent): Issue | undefined {
    const suspects = this.#suspects;
    if (suspects.size === 0) return undefined;
    const { tokenId, tokenFormerId, credentialId, credentialFormerId } = event;
    return (
      (tokenId === null ? undefined : suspects.get(tokenId)) ??
      suspects.get(credentialId) ??
      (tokenFormerId === null ? undefined : suspects.get(tokenFormerId)) ??
      (credentialFormerId === null ? undefined : suspects.get(credentialFormerId))
    );
  }

  toJson(): unknown {
    return { issued: [...this.#issued], suspects: [...this.#suspects] };
  }

  fromJson({ issued, suspects }: StoredLineage): void {
    for (const [id, issue] of issued) this.#issued.set(id, issue);
    for (const [id, issue] of suspects) this.#suspects.set(id, issue);
  }
}

export interface StoredLineage {
  readonly issued: readonly (readonly [string, Issue])[];
  readonly suspects: readonly (readonly [string, Issue])[];
}
