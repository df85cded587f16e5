import { mix32 } from '../stats/hash.ts';
import type { PairTable } from './pair-table.ts';
import type { Seen } from './seen.ts';

const newSalt = 77;
const deniedSalt = 79;
const startS = { entry: 0x51ed270b };

/**
 * How many credentials one client (user agent with TLS fingerprint) began to use within a day, and with
 * how many it was refused within the hour: harvest and spray show on the client, not on a credential.
 */
export class ClientReach {
  readonly #table: PairTable;
  #started = false;

  constructor(table: PairTable) {
    this.#table = table;
  }

  observe(low: number, high: number, seen: Seen): void {
    seen.clientNewCredentials = 0;
    seen.clientDeniedCredentials = 0;
    const client = seen.client.hash === 0 ? 0 : mix32(seen.client.hash, seen.place.hash);
    // A pair is made at a client's first sight in an hour; later events of the hour cannot add to it.
    if (client === 0 || !(seen.client.firstThisHour || seen.place.firstThisHour || seen.denied)) return;
    const firstUse = this.#table.find((client ^ low) >>> 0, mix32(high, newSalt)) < 0;
    seen.clientNewCredentials =
      this.#newCount(client, seen.hour) + (firstUse && this.#isRunIn(seen.hour) ? 1 : 0);
    if (!seen.denied) return;
    const pair = this.#table.find((client ^ low) >>> 0, mix32(high, deniedSalt));
    const counted = pair >= 0 && this.#table.lastHour(pair) === seen.hour;
    seen.clientDeniedCredentials = this.#deniedCount(client, seen.hour) + (counted ? 0 : 1);
  }

  remember(low: number, high: number, seen: Seen): void {
    const client = seen.client.hash === 0 ? 0 : mix32(seen.client.hash, seen.place.hash);
    if (!this.#started) this.#start(seen.hour);
    if (client === 0 || !(seen.client.firstThisHour || seen.place.firstThisHour || seen.denied)) return;
    const pairHigh = mix32(high, newSalt);
    const firstUse = this.#table.find((client ^ low) >>> 0, pairHigh) < 0;
    this.#table.claim((client ^ low) >>> 0, pairHigh, seen.hour);
    if (firstUse && this.#isRunIn(seen.hour)) {
      const count = this.#newCount(client, seen.hour) + 1;
      this.#table.setAmount(this.#table.claim(client, newSalt, seen.hour), count);
    }
    if (!seen.denied) return;
    this.#table.claim((client ^ low) >>> 0, mix32(high, deniedSalt), seen.hour);
    const counter = this.#table.claim(client, deniedSalt, seen.hour);
    this.#table.setAmount(counter, seen.clientDeniedCredentials);
    this.#table.setMark(counter, seen.hour);
  }

  #start(hour: number): void {
    this.#started = true;
    if (this.#table.find(startS.entry, startS.entry) >= 0) return;
    this.#table.setMark(this.#table.claim(startS.entry, startS.entry, 0xffffffff), hour);
  }

  /** In the first day of a stream every pair is new: nothing is counted. */
  #isRunIn(hour: number): boolean {
    const start = this.#table.find(startS.entry, startS.entry);
    return start >= 0 && hour - this.#table.mark(start) >= 24;
  }

  #newCount(client: number, hour: number): number {
    const entry = this.#table.find(client, newSalt);
    if (entry < 0) return 0;
    return this.#table.amount(entry) * 2 ** (-Math.max(0, hour - this.#table.lastHour(entry)) / 24);
  }

  #deniedCount(client: number, hour: number): number {
    const entry = this.#table.find(client, deniedSalt);
    return entry < 0 || this.#table.mark(entry) !== hour ? 0 : this.#table.amount(entry);
  }
}
