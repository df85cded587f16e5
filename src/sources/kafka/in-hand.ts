import { HandOver } from '../hand-over.ts';
import type { Batch } from '../source.ts';
import type { Assignment, Tenure } from './assignment.ts';
import type { Stretch } from './courses.ts';

const mostBatches = 8;

interface Given {
  readonly tenure: Tenure;
  readonly stretch: Stretch;
}

/** Batches between the group's member and the pipeline, until they are acknowledged. */
export interface InHand extends AsyncIterable<Batch> {
  /** Whether nothing is unacknowledged. */
  isEmpty(): boolean;
  /** Resolves when there is room and it was put in; false when the taking side has gone. */
  give(tenure: Tenure, stretch: Stretch): Promise<boolean>;
  end(error?: Error): void;
}

/** `onEmpty` is called whenever the last of them was acknowledged, or has become another member's. */
export function inHandOf(
  assignment: Assignment,
  acknowledge: (tenure: Tenure, next: number) => Promise<void>,
  onEmpty: () => void,
): InHand {
  const handOver = new HandOver<Given>(mostBatches);
  /** Made anew, and the batch that would have said so was not yielded. */
  const unsaid = new Set<string>();
  let unacknowledged = 0;

  function oneLess(): void {
    unacknowledged -= 1;
    if (unacknowledged === 0) onEmpty();
  }

  function batchOf({ tenure, stretch }: Given): Batch {
    const isAnew = unsaid.delete(tenure.where) || stretch.startsOver;
    return {
      records: stretch.records,
      startsOver: isAnew ? [tenure.where] : [],
      async commit() {
        await acknowledge(tenure, stretch.whole);
        oneLess();
      },
    };
  }

  return {
    isEmpty: () => unacknowledged === 0,
    async give(tenure, stretch) {
      unacknowledged += 1;
      const isGiven = await handOver.give({ tenure, stretch });
      if (!isGiven) oneLess();
      return isGiven;
    },
    end: (error) => handOver.end(error),
    async *[Symbol.asyncIterator]() {
      for await (const given of handOver) {
        const { tenure, stretch } = given;
        if (assignment.holds(tenure)) yield batchOf(given);
        else {
          // Its partition has moved while it waited: the new reader reads it.
          if (stretch.startsOver) unsaid.add(tenure.where);
          oneLess();
        }
      }
    },
  };
}
