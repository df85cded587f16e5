import type { UsageEvent } from '../../schemas/usage-event.ts';
import { dayMs } from '../stats/durations.ts';
import { BoundedMap } from './bounded-map.ts';

const mostIssued = 20_000;
const mostSuspects = 10_000;
/** Longer than that, somebody else has seen to it or nobody will. */
const suspectForMs = 30 * dayMs;

interface Issue {
  readonly issuer: string;
  readonly atMs: number;
}

/**
 * Which credential issued which: what a thief makes with a stolen key is as stolen as the key, and goes on
 * working when the key is revoked. Event time only; bounded; the youngest are kept.
 */
export class Lineage {
  readonly #issued = new BoundedMap<string, Issue>(mostIssued);
  /** Issued by a credential while evidence against it stood; they must not give way to the others. */
  readonly #suspects = new BoundedMap<string, Issue>(mostSuspects);

  get evictions(): number {
    return this.#issued.evictions + this.#suspects.evictions;
  }

  /** An accepted call that issues credentials. `isSuspect`: evidence against the caller stands. */
  remember({ issuedIds, credentialId: issuer, timestampMs: atMs }: UsageEvent, isSuspect: boolean): void {
    for (const id of issuedIds) {
      if (id === issuer) continue;
      this.#issued.delete(id);
      this.#suspects.delete(id);
      (isSuspect ? this.#suspects : this.#issued).set(id, { issuer, atMs });
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

  /** Credential under suspicion that issued the event's token or credential; empty when none did. */
  suspectIssuerOf({ credentialId, tokenId, timestampMs }: UsageEvent): string {
    if (this.#suspects.size === 0) return '';
    const issue =
      (tokenId === null ? undefined : this.#suspects.get(tokenId)) ?? this.#suspects.get(credentialId);
    return issue !== undefined && timestampMs - issue.atMs < suspectForMs ? issue.issuer : '';
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
