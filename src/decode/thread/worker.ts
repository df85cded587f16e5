import { parentPort, workerData } from 'node:worker_threads';
import { type DecodeTask, decoderOf } from '../decode-task.ts';
import type { EventsMessage, ReadyMessage, RecordsMessage } from './messages.ts';
import { packEvents } from './pack-events.ts';
import { TextNumbers } from './text-numbers.ts';

/** The thread that decodes: one message of records in, one of their events out. */
const decoder = decoderOf(workerData as DecodeTask);
const known = new TextNumbers();

parentPort?.on('message', (records: RecordsMessage) => {
  const startedMs = performance.now();
  const packed = packEvents(records, decoder, known);
  const message: EventsMessage = { ...packed, decodeMs: performance.now() - startedMs };
  const { words, numbers, lists } = message.cells;
  parentPort?.postMessage(message, [
    words.buffer,
    numbers.buffer,
    lists.buffer,
    message.ends.buffer,
    message.skipped.buffer,
  ]);
});
parentPort?.postMessage({ isReady: true } satisfies ReadyMessage);
