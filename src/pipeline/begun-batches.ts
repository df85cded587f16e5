import { setImmediate as turn } from 'node:timers/promises';
import type { DecodedBatch, DecodeStage } from '../decode/decoded.ts';
import { HandOver } from '../sources/hand-over.ts';
import type { Batch, Source } from '../sources/source.ts';

/** A batch whose decoding has begun. */
export interface BegunBatch {
  readonly batch: Batch;
  readonly decoding: DecodedBatch | Promise<DecodedBatch>;
  /** How long it was waited for. */
  readonly readMs: number;
}

/**
 * The batches of the source in their order, so many begun ahead as the stage wants. Once `stop` is aborted
 * no more are taken, and those that were taken still come.
 */
export function begunBatches(
  source: Source,
  stage: DecodeStage,
  stop: AbortSignal,
  clock: () => number,
): AsyncIterable<BegunBatch> {
  const batches = taken(source, stage, stop, clock);
  return stage.ahead === 0 ? batches : fetchedAhead(batches, stage.ahead);
}

async function* taken(
  source: Source,
  stage: DecodeStage,
  stop: AbortSignal,
  clock: () => number,
): AsyncGenerator<BegunBatch> {
  let waitingMs = clock();
  for await (const batch of source) {
    yield { batch, decoding: stage.begin(batch.records), readMs: clock() - waitingMs };
    if (stop.aborted) return;
    waitingMs = clock();
  }
}

async function* fetchedAhead(batches: AsyncGenerator<BegunBatch>, most: number): AsyncGenerator<BegunBatch> {
  const handOver = new HandOver<BegunBatch>(most);
  const fetch = async () => {
    // Room first: what is taken from the source is always judged, unless something fails.
    while (await handOver.room()) {
      const next = await batches.next();
      if (next.done === true) return handOver.end();
      // Whoever asks for it is told; if nobody does, something else has failed before.
      Promise.resolve(next.value.decoding).catch(() => undefined);
      handOver.offer(next.value);
    }
    await batches.return(undefined);
  };
  fetch().catch((error: unknown) => handOver.end(error instanceof Error ? error : new Error(String(error))));
  for await (const begun of handOver) {
    yield begun;
    // While batches that are decoded already wait to be judged, nothing else would have its turn: the source could not read on.
    await turn();
  }
}
