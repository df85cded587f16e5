import type { UsageEvent } from '../../schemas/usage-event.ts';
import { type Fingerprint, fingerprint } from '../stats/hash.ts';
import type { EventPrints } from './event-prints.ts';
import type { PairTable } from './pair-table.ts';
import type { Seen } from './seen.ts';

/** Eight days: a weekly job meets its objects again. */
const objectMemoryHours = 192;

/** Which objects a credential touched lately, and who touched each of them last. */
export class ObjectMemory {
  readonly #objects: PairTable;
  readonly #owners: PairTable;
  readonly #former: Fingerprint = { low: 0, high: 0 };
  #low = 0;
  #high = 0;
  #objectEntry = -1;
  #ownerEntry = -1;

  constructor(objects: PairTable, owners: PairTable) {
    this.#objects = objects;
    this.#owners = owners;
  }

  /** Fills what `seen` says of the event's object. Changes no memory. */
  observe(event: UsageEvent, prints: EventPrints, low: number, high: number, hour: number, seen: Seen): void {
    const { object, operation } = prints;
    seen.hasObject = event.objectId !== null;
    seen.objectIsNew = seen.objectFirstThisHour = seen.objectIsForeign = false;
    if (event.objectId === null) return;
    this.#low = object.low;
    this.#high = object.high;
    let own = this.#objects.find((this.#low ^ low) >>> 0, (this.#high ^ high) >>> 0);
    let owner = this.#owners.find(this.#low, this.#high);
    this.#objectEntry = own;
    this.#ownerEntry = owner;
    if (event.objectFormerId !== null) {
      // What is known by the former id only is learnt by today's.
      const former = fingerprint(event.objectFormerId, operation.objectSpace, this.#former);
      if (own < 0) own = this.#objects.find((former.low ^ low) >>> 0, (former.high ^ high) >>> 0);
      if (owner < 0) owner = this.#owners.find(former.low, former.high);
    }
    const lastHour = own < 0 ? 0 : this.#objects.lastHour(own);
    seen.objectIsNew = hour - lastHour > objectMemoryHours;
    seen.objectFirstThisHour = lastHour !== hour;
    seen.objectIsForeign =
      owner >= 0 &&
      this.#owners.mark(owner) !== low &&
      hour - this.#owners.lastHour(owner) <= objectMemoryHours;
  }

  /** Makes the observed event's object part of memory. */
  remember(low: number, high: number, hour: number, seen: Seen): void {
    if (!seen.hasObject) return;
    if (this.#objectEntry >= 0) this.#objects.use(this.#objectEntry, hour);
    else this.#objects.add((this.#low ^ low) >>> 0, (this.#high ^ high) >>> 0, hour);
    // A refused call touched nothing: an enumerator must not become the owner of what he was denied.
    if (!seen.success) return;
    let owner = this.#ownerEntry;
    if (owner >= 0) this.#owners.use(owner, hour);
    else owner = this.#owners.add(this.#low, this.#high, hour);
    if (this.#owners.mark(owner) !== low) this.#owners.setMark(owner, low);
  }
}
