import type { UsageEvent } from '../../schemas/usage-event.ts';
import { type Fingerprint, fingerprint } from '../stats/hash.ts';
import type { PairTable } from './pair-table.ts';

const consumerSalt = 41;
const highSalt = 0x51ab_03e5;
const heirSalt = 0x1f2e_77c9;
const heirHighSalt = 0x6d05_b4a3;
/** Active hours after which a credential has habits worth passing on. */
export const leastHabitHours = 12;

/**
 * Which credential took whose place. A key is rotated when the only credential of a consumer is followed
 * by another of the same kind: what was learnt of the old one then holds for the new, and both count as
 * one while they overlap, so that a thief who keeps the old key stands out against the owner of the new.
 * Whether the new one is used from the old one's place is for the caller to see: a name proves nothing.
 */
export class Succession {
  /** Credentials that inherited. */
  heirs = 0;
  readonly #table: PairTable;
  readonly #print: Fingerprint = { low: 0, high: 0 };

  constructor(table: PairTable) {
    this.#table = table;
  }

  /** The credential whose record this one uses, into `into`; false when it has its own. */
  ancestorOf(low: number, high: number, hour: number, into: Fingerprint): boolean {
    const entry = this.#table.find(low, (high ^ heirSalt) >>> 0);
    if (entry < 0) return false;
    into.low = this.#table.mark(entry);
    this.#table.use(entry, hour);
    const rest = this.#table.find(low, (high ^ heirHighSalt) >>> 0);
    if (rest < 0) return false;
    into.high = this.#table.mark(rest);
    this.#table.use(rest, hour);
    return true;
  }

  /** The only credential that the event's consumer has used so far; false when there are none or several. */
  candidate(event: UsageEvent, into: Fingerprint): boolean {
    if (!this.#consumer(event)) return false;
    const { low, high } = this.#print;
    const entry = this.#table.find(low, high);
    if (entry < 0 || this.#table.amount(entry) !== 1) return false;
    const rest = this.#table.find(low, (high ^ highSalt) >>> 0);
    if (rest < 0) return false;
    into.low = this.#table.mark(entry);
    into.high = this.#table.mark(rest);
    return true;
  }

  /** From now on the credential uses the record of `ancestor`. */
  inherit(low: number, high: number, hour: number, ancestor: Fingerprint): void {
    this.#table.setMark(this.#table.claim(low, (high ^ heirSalt) >>> 0, hour), ancestor.low);
    this.#table.setMark(this.#table.claim(low, (high ^ heirHighSalt) >>> 0, hour), ancestor.high);
    this.heirs += 1;
  }

  /** A credential with a record of its own was seen for the first time. */
  introduce(event: UsageEvent, low: number, high: number, hour: number): void {
    if (!this.#consumer(event)) return;
    const consumer = { ...this.#print };
    const entry = this.#table.claim(consumer.low, consumer.high, hour);
    this.#table.setMark(entry, low);
    this.#table.setAmount(entry, this.#table.amount(entry) + 1);
    this.#table.setMark(this.#table.claim(consumer.low, (consumer.high ^ highSalt) >>> 0, hour), high);
  }

  /** Fingerprint of the consumer; false when the gateway names none, or the kind is not one that is rotated. */
  #consumer(event: UsageEvent): boolean {
    if (event.consumerId === null || event.credentialType === 'session') return false;
    // A caller who was refused may have named any consumer.
    if (event.credentialId.startsWith('unverified:')) return false;
    const name = `${event.credentialType} ${event.organizationId ?? ''} ${event.consumerId}`;
    fingerprint(name, consumerSalt, this.#print);
    return true;
  }
}
