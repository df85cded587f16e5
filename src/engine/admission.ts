import type { UsageEvent } from '../../schemas/usage-event.ts';
import type { Fingerprint } from '../stats/hash.ts';
import type { TimeVerdict } from './engine.types.ts';
import type { EventClock } from './event-clock.ts';
import type { PairTable } from './pair-table.ts';

const duplicateWithinS = 2;

/** Whether an event is judged at all: not when its time is impossible, nor when its request was judged before. */
export class Admission {
  readonly #clock: EventClock;
  readonly #requests: PairTable;

  constructor(clock: EventClock, requests: PairTable) {
    this.#clock = clock;
    this.#requests = requests;
  }

  admit(event: UsageEvent, request: Fingerprint, ingestTimeMs: number, partition: string): TimeVerdict {
    const verdict = this.#clock.observe(partition, event.timestampMs, ingestTimeMs);
    if (verdict === 'refused' || event.httpRequestId === null) return verdict;
    const { low, high } = request;
    const timeS = Math.floor(event.timestampMs / 1000);
    const table = this.#requests;
    let entry = table.find(low, high);
    // A client may choose the request id: only seconds apart is it the same request.
    if (entry >= 0 && Math.abs(timeS - table.mark(entry)) <= duplicateWithinS) return 'duplicate';
    const hour = Math.floor(timeS / 3600);
    if (entry < 0) entry = table.add(low, high, hour);
    else table.use(entry, hour);
    table.setMark(entry, timeS);
    return verdict;
  }
}
