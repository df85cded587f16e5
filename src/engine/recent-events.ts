import type { Position } from '../../schemas/position.ts';
import type { UsageEvent } from '../../schemas/usage-event.ts';

export interface RecentEvent {
  readonly event: UsageEvent;
  readonly at: Position | null;
  readonly previous: number;
  readonly number: number;
}

/** The newest events of all credentials in a ring, chained by credential: the examples of an alert. */
export class RecentEvents {
  readonly #events: (UsageEvent | undefined)[];
  readonly #positions: (Position | null)[];
  readonly #previous: Float64Array;
  #next = 1;

  constructor(size: number) {
    this.#events = new Array<UsageEvent | undefined>(size).fill(undefined);
    this.#positions = new Array<Position | null>(size).fill(null);
    this.#previous = new Float64Array(size);
  }

  /** Returns the event's number; `previous` is the number of the credential's event before, 0 for none. */
  add(event: UsageEvent, at: Position | null, previous: number): number {
    const number = this.#next;
    this.#next += 1;
    const place = number % this.#events.length;
    this.#events[place] = event;
    this.#positions[place] = at;
    this.#previous[place] = previous;
    return number;
  }

  /** Up to `count` events of one credential, newest first, as far as the ring reaches back. */
  chain(newest: number, credentialId: string, count: number): RecentEvent[] {
    const chain: RecentEvent[] = [];
    let number = newest;
    while (
      number > this.#next - 1 - this.#events.length &&
      number > 0 &&
      number < this.#next &&
      chain.length < count
    ) {
      const place = number % this.#events.length;
      const event = this.#events[place];
      if (event === undefined || event.credentialId !== credentialId) break;
      const previous = this.#previous[place] as number;
      chain.push({ event, at: this.#positions[place] ?? null, previous, number });
      number = previous;
    }
    return chain;
  }
}
