import { setTimeout as sleep } from 'node:timers/promises';
import type { Position } from '../../schemas/position.ts';
import type { Engine } from '../engine/engine.types.ts';
import type { Batch, RawRecord } from '../sources/source.ts';
import { CheckpointError, type CheckpointStore, type SavedFigures } from '../state/checkpoint.ts';
import type { Deliveries } from './delivery.ts';

const retryMs = 5_000;

export interface CutParts {
  readonly engine: Engine;
  /** Undefined: nothing is kept, batches are acknowledged as soon as they are delivered. */
  readonly store: Pick<CheckpointStore, 'save'> | undefined;
  readonly everyMs: number;
  readonly everyRecords: number;
  readonly deliveries: Pick<Deliveries, 'busy' | 'settled'>;
  readonly onSaved: (figures: SavedFigures, durationMs: number) => void;
  /** A checkpoint that cannot be written or acknowledged; undefined when the trouble is over. */
  readonly onTrouble: (problem: string | undefined) => void;
  readonly clock: () => number;
}

/**
 * Groups batches into checkpoints. One cut is: deliveries done → state and positions saved as one →
 * batches acknowledged. A cut that fails is tried again and meanwhile the source waits.
 */
export interface Cuts {
  /** Notes a judged batch; must be called without a pause after judging. */
  add(batch: Batch): void;
  /** Cuts when it is due by time or by records. */
  whenDue(stop: AbortSignal): Promise<void>;
  /** Cuts now, however little there is; rejects when it cannot be saved. */
  now(): Promise<void>;
}

export function cutsOf(parts: CutParts): Cuts {
  const { engine, store, clock, deliveries } = parts;
  let pending: Batch[] = [];
  let records = 0;
  let lastMs = clock();
  const positions = new Map<string, Position>();
  let underWay: Promise<void> | undefined;

  async function cut(): Promise<void> {
    do await deliveries.settled();
    while (deliveries.busy());
    // From here to the end of `save` nothing is awaited: state, positions and what was delivered belong together.
    const startedMs = clock();
    const figures = store?.save((writer) => engine.checkpoint(writer), positions);
    const done = pending;
    pending = [];
    records = 0;
    lastMs = clock();
    positions.clear();
    if (figures !== undefined) parts.onSaved(figures, lastMs - startedMs);
    parts.onTrouble(await acknowledge(done));
  }

  /** Timer and loop share one cut instead of making two. */
  const now = () => {
    underWay ??= cut().finally(() => {
      underWay = undefined;
    });
    return underWay;
  };

  const due = () => store === undefined || records >= parts.everyRecords || clock() - lastMs >= parts.everyMs;

  return {
    add(batch) {
      pending.push(batch);
      records += batch.records.length;
      for (const record of batch.records) positions.set(record.partition, record.at);
    },
    now,
    async whenDue(stop) {
      while (pending.length > 0 && due()) {
        try {
          return await now();
        } catch (error) {
          if (!(error instanceof CheckpointError)) throw error;
          parts.onTrouble(error.message);
          if (stop.aborted) return;
          await pause(stop);
        }
      }
    },
  };
}

/** Undefined when all went well. A later acknowledgement covers an earlier one that failed. */
async function acknowledge(batches: readonly Batch[]): Promise<string | undefined> {
  try {
    for (const batch of batches) await batch.commit();
    return undefined;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return `positions are saved but the source did not take them (${why}); tried again with the next checkpoint`;
  }
}

async function pause(stop: AbortSignal): Promise<void> {
  try {
    await sleep(retryMs, undefined, { signal: stop });
  } catch (error) {
    if (!stop.aborted) throw error;
  }
}

/**
 * Says whether a record was judged already: by the restored state, since positions are acknowledged
 * after it, or by this process, since a rebalance or a broker's restart gives unacknowledged records out
 * again. Only offsets can tell; a file's reader keeps its own place.
 */
export function countedBefore(restored: ReadonlyMap<string, Position>): (record: RawRecord) => boolean {
  const floors = new Map<string, number>();
  for (const [partition, at] of restored) if (at.kind === 'kafka') floors.set(partition, Number(at.offset));
  return ({ at, partition }) => {
    if (at.kind !== 'kafka') return false;
    const offset = Number(at.offset);
    const floor = floors.get(partition);
    if (floor !== undefined && offset <= floor) return true;
    floors.set(partition, offset);
    return false;
  };
}
