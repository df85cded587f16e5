import type { UsageEvent } from '../../schemas/usage-event.ts';
import { addUse, type CredentialFacts, newFacts } from './credential-facts.ts';
import { type Operation, operationName, operationOf } from './operation.ts';

const mostOperations = 50_000;

export interface InventoryLimits {
  readonly mostCredentials: number;
  /** Pairs of network and client on one day that make it a shared day. */
  readonly workloads: number;
  readonly ownerOf: (event: UsageEvent) => string | null;
  /** Absent: every credential is. Others still tell how long the log is and which operations there are. */
  readonly isWanted?: (credentialId: string) => boolean;
}

/** Collects what a log tells of each credential, in bounded memory. Refused calls are nobody's use. */
export class Inventory {
  readonly #limits: InventoryLimits;
  readonly #credentials = new Map<string, CredentialFacts>();
  readonly #operations = new Map<string, number>();
  readonly operations: Operation[] = [];
  firstMs = Number.POSITIVE_INFINITY;
  lastMs = Number.NEGATIVE_INFINITY;
  uses = 0;
  /** Calls that were refused (401, 403). */
  refusedCalls = 0;
  /** Calls that name no credential. */
  anonymousCalls = 0;
  /** Uses of credentials beyond the bound: not judged. */
  usesLeftOut = 0;
  /** The smallest share of its requests that a gateway says it logs. */
  sampleRate = 1;

  constructor(limits: InventoryLimits) {
    this.#limits = limits;
  }

  see(event: UsageEvent): void {
    this.firstMs = Math.min(this.firstMs, event.timestampMs);
    this.lastMs = Math.max(this.lastMs, event.timestampMs);
    this.sampleRate = Math.min(this.sampleRate, event.sampleRate);
    if (event.status === 401 || event.status === 403) this.refusedCalls += 1;
    else if (event.credentialType === 'anonymous') this.anonymousCalls += 1;
    else this.#use(event);
  }

  credentials(): readonly CredentialFacts[] {
    return [...this.#credentials.values()];
  }

  #use(event: UsageEvent): void {
    const operation = this.#numberOf(operationName(event));
    if (this.#limits.isWanted?.(event.credentialId) === false) return;
    this.uses += 1;
    let facts = this.#credentials.get(event.credentialId);
    if (facts === undefined) {
      if (this.#credentials.size >= this.#limits.mostCredentials) {
        this.usesLeftOut += 1;
        return;
      }
      facts = newFacts(event, this.#limits.ownerOf(event));
      this.#credentials.set(event.credentialId, facts);
    }
    addUse(facts, event, operation, this.#limits.workloads);
  }

  #numberOf(name: string | null): number | null {
    if (name === null) return null;
    const known = this.#operations.get(name);
    if (known !== undefined) return known;
    if (this.#operations.size >= mostOperations) return null;
    const number = this.operations.length;
    this.#operations.set(name, number);
    this.operations.push(operationOf(name));
    return number;
  }
}
