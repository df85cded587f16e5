import type { DeadLetter } from '../../schemas/dead-letter.ts';
import type { Position } from '../../schemas/position.ts';

/** Why a record, or what it stands for, could not even be read. */
export interface Unreadable {
  readonly reason: 'inflate-failed' | 'envelope-invalid';
  readonly detail: string;
}

/** One raw record as the source got it; never kept after decode. */
export interface RawRecord {
  readonly value: Uint8Array;
  readonly at: Position;
  /** When the broker, the file's reader or the HTTP endpoint received it. */
  readonly ingestTimeMs: number;
  /** Clock domain: one event clock is kept per partition (`topic/3`, a file's path, `http`). */
  readonly partition: string;
  /** Format pinned by the source's configuration; undefined: detect. */
  readonly format?: string | undefined;
  /** Nothing to decode: becomes a dead letter as it is. */
  readonly unreadable?: Unreadable | undefined;
}

/** What became of a batch's records. */
export interface BatchOutcome {
  /** Read and taken, late and repeated ones among them. */
  readonly events: number;
  readonly skipped: number;
  /** Read, but their time lies farther ahead than `engine.maxAheadMs`. */
  readonly aheadOfTime: number;
  readonly refused: readonly DeadLetter[];
}

export interface Batch {
  readonly records: readonly RawRecord[];
  /** Partitions whose earlier positions mean nothing any more: their topic was made anew. */
  readonly startsOver?: readonly string[];
  /** For whoever waits to hear of it; called once at most, before `commit`. */
  readonly onJudged?: (outcome: BatchOutcome) => void;
  /**
   * Acknowledge every record of this batch. Called only after the sinks hold the alerts and the
   * checkpoint holds the state, so a crash before it repeats the batch and never loses it.
   */
  commit(): Promise<void>;
}

/**
 * Yields batches until it is closed or its input ends. Awaiting the next batch is the
 * backpressure: a source holds at most a bounded number of batches that nobody has asked for.
 */
export interface Source extends AsyncIterable<Batch> {
  readonly name: string;
  /** Somebody waits for each acknowledgement: checkpoints at least so often, milliseconds. */
  readonly acknowledgeWithinMs?: number;
  /** Stop reading; the iteration ends after the batch in hand. Idempotent. */
  close(): Promise<void>;
}
