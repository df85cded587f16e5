import { setTimeout as sleep } from 'node:timers/promises';
import type { Engine } from '../engine/engine.types.ts';
import type { Batch } from '../sources/source.ts';
import { CheckpointError, type CheckpointStore, type SavedFigures } from '../state/checkpoint.ts';
import type { Deliveries } from './delivery.ts';
import type { Places } from './places.ts';

const retryMs = 5_000;
/** Where somebody waits for each cut, saving still takes no more than about this share of the time. */
const mostOfTime = 0.2;

export interface CutParts {
  readonly engine: Engine;
  /** Undefined: nothing is kept, batches are acknowledged as soon as they are delivered. */
  readonly store: Pick<CheckpointStore, 'save'> | undefined;
  readonly everyMs: number;
  /** Cuts may come so soon where somebody waits for them; `everyMs` where nobody does. */
  readonly leastMs: number;
  readonly everyRecords: number;
  readonly places: Pick<Places, 'changed' | 'saved'>;
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
  const { engine, store, clock, deliveries, places } = parts;
  // Not the batches themselves: their records would stay in memory until the next cut.
  let pending: Acknowledge[] = [];
  let records = 0;
  let lastMs = clock();
  let tookMs = 0;
  let underWay: Promise<void> | undefined;
  let dueUnderWay: Promise<void> | undefined;

  async function cut(): Promise<void> {
    do await deliveries.settled();
    while (deliveries.busy());
    // From here to the end of `save` nothing is awaited: state, positions and what was delivered belong together.
    const startedMs = clock();
    const figures = store?.save((writer) => engine.checkpoint(writer), places.changed());
    const done = pending;
    pending = [];
    records = 0;
    lastMs = clock();
    tookMs = lastMs - startedMs;
    places.saved();
    if (figures !== undefined) parts.onSaved(figures, tookMs);
    const { failed, problem } = await acknowledge(done);
    pending = [...failed, ...pending];
    parts.onTrouble(problem);
  }

  /** Timer and loop share one cut instead of making two. */
  const now = () => {
    underWay ??= cut().finally(() => {
      underWay = undefined;
    });
    return underWay;
  };

  const waitMs = () => Math.min(parts.everyMs, Math.max(parts.leastMs, tookMs / mostOfTime));
  const due = () => store === undefined || records >= parts.everyRecords || clock() - lastMs >= waitMs();

  async function cutWhenDue(stop: AbortSignal): Promise<void> {
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
  }

  return {
    add(batch) {
      pending.push(batch.commit.bind(batch));
      records += batch.records.length;
    },
    now,
    whenDue(stop) {
      // One that cannot be written is tried again by one of them, however often the timer looks meanwhile.
      dueUnderWay ??= cutWhenDue(stop).finally(() => {
        dueUnderWay = undefined;
      });
      return dueUnderWay;
    },
  };
}

type Acknowledge = () => Promise<void>;

/** All at once, so that a source can make one request of them. Those that fail are tried with the next cut. */
async function acknowledge(
  all: readonly Acknowledge[],
): Promise<{ readonly failed: readonly Acknowledge[]; readonly problem: string | undefined }> {
  const outcomes = await Promise.allSettled(all.map((each) => each()));
  const errors = outcomes.filter((outcome) => outcome.status === 'rejected');
  const reason: unknown = errors[0]?.reason;
  if (reason === undefined) return { failed: [], problem: undefined };
  const why = reason instanceof Error ? reason.message : String(reason);
  return {
    failed: all.filter((_, n) => outcomes[n]?.status === 'rejected'),
    problem: `positions are saved but the source did not take them (${why}); tried again with the next checkpoint`,
  };
}

async function pause(stop: AbortSignal): Promise<void> {
  try {
    await sleep(retryMs, undefined, { signal: stop });
  } catch (error) {
    if (!stop.aborted) throw error;
  }
}
