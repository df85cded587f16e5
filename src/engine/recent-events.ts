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
  readonly #ring: (RecentEvent | undefined)[];
  #next = 1;

  constructor(size: number) {
    this.#ring = new Array<RecentEvent | undefined>(size).fill(undefined);
  }

  /** Returns the event's number; `previous` is the number of the credential's event before, 0 for none. */
  add(event: UsageEvent, at: Position | null, previous: number): number {
    const number = this.#next;
    this.#next += 1;
    this.#ring[number % this.#ring.length] = { event, at, previous, number };
    return number;
  }

  /** Up to `count` events of one credential, newest first, as far as the ring reaches back. */
  chain(newest: number, credentialId: string, count: number): RecentEvent[] {
    const events: RecentEvent[] = [];
    let number = newest;
    while (number > 0 && events.length < count) {
      const recent = this.#ring[number % this.#ring.length];
      if (recent === undefined || recent.number !== number || recent.event.credentialId !== credentialId)
        break;
      events.push(recent);
      number = recent.previous;
    }
    return events;
  }
}
