import { Worker } from 'node:worker_threads';
import type { RawRecord } from '../../sources/source.ts';
import type { DecodeTask } from '../decode-task.ts';
import type { DecodedBatch, DecoderFigures, DecodeStage } from '../decoded.ts';
import type { EventsMessage, ReadyMessage } from './messages.ts';
import { packRecords } from './pack-records.ts';
import { unpackEvents } from './unpack-events.ts';

/** Enough that neither thread waits for the other when batches are not alike. */
const ahead = 4;

interface Begun {
  readonly records: readonly RawRecord[];
  readonly resolve: (decoded: DecodedBatch) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Decodes in a thread of its own. Rejects when its decoder cannot be made, with the same error as here; a
 * thread that dies fails every batch from then on, and what was not acknowledged is read again.
 */
export async function decodeInThread(task: DecodeTask): Promise<DecodeStage> {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: task });
  const begun: Begun[] = [];
  let known: string[] = [];
  let figures: DecoderFigures = { sweepHits: 0, byFormat: new Map(), skippedBy: new Map() };
  let failure: Error | undefined;

  const ready = new Promise<void>((resolve, reject) => {
    const fail = (error: Error) => {
      failure ??= error;
      reject(failure);
      for (const each of begun.splice(0)) each.reject(failure);
    };
    worker.on('message', (message: EventsMessage | ReadyMessage) => {
      if ('isReady' in message) resolve();
      else take(message);
    });
    worker.on('error', fail);
    worker.on('exit', (code) => fail(new Error(`the thread that decodes has ended with code ${code}`)));
  });

  function take(message: EventsMessage): void {
    const { startsOver, texts } = message.newTexts;
    // A list of its own each time: batches that wait to be judged still read the one before.
    if (startsOver) known = [];
    for (const text of texts) known.push(text);
    figures = message.figures;
    const first = begun.shift();
    first?.resolve(unpackEvents(message, first.records, known));
  }

  await ready;
  return {
    ahead,
    begin(records) {
      if (failure !== undefined) return Promise.reject(failure);
      return new Promise((resolve, reject) => {
        begun.push({ records, resolve, reject });
        const message = packRecords(records);
        const { bytes, ends, ingestTimesMs } = message;
        worker.postMessage(message, [bytes.buffer, ends.buffer, ingestTimesMs.buffer]);
      });
    },
    figures: () => figures,
    async close() {
      await worker.terminate();
    },
  };
}
