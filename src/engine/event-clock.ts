import type { TimeVerdict } from './engine.types.ts';

interface PartitionClock {
  newestMs: number;
  watermarkMs: number;
}

/**
 * Event time, one clock a partition: a global one would make slow partitions look late.
 * The watermark trails the newest event by the allowed lateness and never goes back. Events too far
 * ahead of their recorded ingest time are refused, or one lying clock would make all honest events late.
 */
export class EventClock {
  readonly partitions = new Map<string, PartitionClock>();
  /** Newest event time when it was last looked for what is over. */
  sweptMs = 0;
  readonly #allowedLatenessMs: number;
  readonly #maxAheadMs: number;
  #partition = '';
  #clock: PartitionClock | undefined;

  constructor(allowedLatenessMs: number, maxAheadMs: number) {
    this.#allowedLatenessMs = allowedLatenessMs;
    this.#maxAheadMs = maxAheadMs;
  }

  observe(partition: string, eventTimeMs: number, ingestTimeMs: number): TimeVerdict {
    if (eventTimeMs > ingestTimeMs + this.#maxAheadMs) return 'refused';
    const clock = this.#clockOf(partition);
    if (eventTimeMs > clock.newestMs) {
      clock.newestMs = eventTimeMs;
      clock.watermarkMs = eventTimeMs - this.#allowedLatenessMs;
    }
    return eventTimeMs < clock.watermarkMs ? 'late' : 'on-time';
  }

  /** Batches come from one partition each: mostly it is the one before. */
  #clockOf(partition: string): PartitionClock {
    if (partition === this.#partition && this.#clock !== undefined) return this.#clock;
    let clock = this.partitions.get(partition);
    if (clock === undefined) {
      clock = { newestMs: 0, watermarkMs: 0 };
      this.partitions.set(partition, clock);
    }
    this.#partition = partition;
    this.#clock = clock;
    return clock;
  }

  /** Newest event time of any partition: what idle eviction and resolving go by. */
  newestMs(): number {
    let newest = 0;
    for (const { newestMs } of this.partitions.values()) newest = Math.max(newest, newestMs);
    return newest;
  }
}
