import type { Position } from '../../schemas/position.ts';
import type { UsageEvent } from '../../schemas/usage-event.ts';

export interface RecentEvent {
  readonly event: UsageEvent;
  readonly at: Position | null;
  readonly previous: number;
  readonly number: number;
  /** How much it says by itself: see strangeness.ts. */
  readonly strangeness: number;
}

const lastNumber = 2 ** 32 - 1;

/**
 * The newest events of all credentials in a ring, chained by credential: the examples of an alert. Only a
 * credential's newest `reach` are kept: an event that lives on costs the collector more than one that is soon
 * let go. Numbers are 32 bits, start again after four billion events, and are never 0.
 */
export class RecentEvents {
  readonly #events: (UsageEvent | undefined)[];
  readonly #positions: (Position | null)[];
  readonly #previous: Uint32Array;
  readonly #strangeness: Uint8Array;
  readonly #reach: number;
  #next: number;

  /** `size` is a power of two; `first` is the number of the first event. */
  constructor(size: number, reach: number, first = 1) {
    this.#reach = reach;
    this.#next = first;
    this.#events = new Array<UsageEvent | undefined>(size).fill(undefined);
    this.#positions = new Array<Position | null>(size).fill(null);
    this.#previous = new Uint32Array(size);
    this.#strangeness = new Uint8Array(size);
  }

  /** Returns the event's number; `previous` is the number of the credential's event before, 0 for none. */
  add(event: UsageEvent, at: Position | null, previous: number, strangeness = 0): number {
    const number = this.#next;
    const isChained = this.#isOf(previous, event.credentialId);
    this.#next = number === lastNumber ? 1 : number + 1;
    const place = number % this.#events.length;
    this.#events[place] = event;
    this.#positions[place] = at;
    this.#previous[place] = isChained ? previous : 0;
    this.#strangeness[place] = strangeness;
    this.#forgetBeyondReach(number);
    return number;
  }

  /** A credential's events from `newest` back, as far as the ring reaches, at most `most`. */
  chain(newest: number, credentialId: string, most = Number.POSITIVE_INFINITY): RecentEvent[] {
    const chain: RecentEvent[] = [];
    let number = newest;
    while (chain.length < most && this.#isOf(number, credentialId)) {
      const place = number % this.#events.length;
      const previous = this.#previous[place] as number;
      const event = this.#events[place] as UsageEvent;
      const strangeness = this.#strangeness[place] as number;
      chain.push({ event, at: this.#positions[place] ?? null, previous, number, strangeness });
      number = previous;
    }
    return chain;
  }

  /** The number is of an event of this credential that is still there: a stored one may be of an earlier run. */
  #isOf(number: number, credentialId: string): boolean {
    if (!this.#isInRing(number)) return false;
    return this.#events[number % this.#events.length]?.credentialId === credentialId;
  }

  #isInRing(number: number): boolean {
    const ago = (this.#next - number) >>> 0;
    return number !== 0 && ago > 0 && ago <= this.#events.length;
  }

  /** Links lead back only, so that this ends at an older event or at none. */
  #forgetBeyondReach(newest: number): void {
    let number = newest;
    for (let steps = 0; steps < this.#reach; steps += 1) {
      number = this.#previous[number % this.#events.length] as number;
      if (!this.#isInRing(number)) return;
    }
    this.#events[number % this.#events.length] = undefined;
    this.#positions[number % this.#events.length] = null;
  }
}
