import { credentialTypes, type UsageEvent } from '../../schemas/usage-event.ts';
import { type Fingerprint, fingerprint, hash32, mix32 } from '../stats/hash.ts';
import type { CredentialMemory } from './credential-memory.ts';
import type { EntityStore } from './entity-store.ts';
import type { Incidents } from './incidents.ts';
import type { SharedMemory } from './shared-memory.ts';

/** Which record an event belongs to: that of its credential, or of the one whose place its credential took. */
export class RecordOwner {
  /** Key of the record found last. */
  readonly key: Fingerprint = { low: 0, high: 0 };
  readonly #store: EntityStore;
  readonly #shared: SharedMemory;
  readonly #memory: CredentialMemory;
  readonly #incidents: Incidents;

  constructor(store: EntityStore, shared: SharedMemory, memory: CredentialMemory, incidents: Incidents) {
    this.#store = store;
    this.#shared = shared;
    this.#memory = memory;
    this.#incidents = incidents;
  }

  /** Moves the cursor to the record. Returns its number, −1 − number when it was made for this event. */
  find(event: UsageEvent, { low, high }: Fingerprint, timeS: number, hour: number): number {
    const { key } = this;
    const found = this.#store.find(low, high, timeS);
    if (found >= 0) this.#shared.fetched = this.#store.fetchRecord();
    else {
      const inherited = this.#inherited(event, low, high, timeS, hour);
      if (inherited >= 0) return inherited;
    }
    key.low = low;
    key.high = high;
    return found < 0 ? this.#introduce(event, timeS, hour) : found;
  }

  /** Record of the credential whose place this one took, its key in `key`; −1 when it took nobody's. */
  #inherited(event: UsageEvent, low: number, high: number, timeS: number, hour: number): number {
    const { succession } = this.#shared;
    const ancestor = this.key;
    if (succession.ancestorOf(low, high, hour, ancestor))
      return this.#store.find(ancestor.low, ancestor.high, timeS);
    const renamed = this.#renamed(event, low, high, timeS, hour);
    if (renamed >= 0) return renamed;
    if (!succession.candidate(event, ancestor)) return -1;
    const found = this.#store.find(ancestor.low, ancestor.high, timeS);
    if (found < 0 || !this.#memory.isAtHome(event)) return -1;
    succession.inherit(low, high, hour, ancestor);
    return found;
  }

  /** The same credential by the hash key before: what holds of that id holds of this one from now on. */
  #renamed(event: UsageEvent, low: number, high: number, timeS: number, hour: number): number {
    const { credentialId, credentialFormerId } = event;
    if (credentialFormerId === null) return -1;
    const { succession } = this.#shared;
    const former = fingerprint(credentialFormerId, 0, this.key);
    succession.ancestorOf(former.low, former.high, hour, former);
    const found = this.#store.find(former.low, former.high, timeS);
    if (found < 0) return -1;
    succession.inherit(low, high, hour, former);
    this.#incidents.rename(credentialFormerId, credentialId);
    return found;
  }

  #introduce(event: UsageEvent, timeS: number, hour: number): number {
    const { low, high } = this.key;
    const made = this.#store.locate(low, high, timeS);
    const { identity } = this.#memory;
    this.#shared.succession.introduce(event, low, high, hour);
    identity.firstS = timeS;
    identity.hour = hour;
    identity.type = credentialTypes.indexOf(event.credentialType);
    identity.peer = mix32(identity.type + 1, hash32(event.organizationId ?? '', 13));
    this.#memory.openHour(hour);
    return made;
  }
}
