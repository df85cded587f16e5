import type { DeadLetter } from '../../../schemas/dead-letter.ts';
import type { DecoderFigures } from '../decoded.ts';
import type { Cells } from './cells.ts';
import type { NewTexts } from './text-numbers.ts';

/** To the thread: the records of a batch. */
export interface RecordsMessage {
  /** All values, one after the other. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Where each value ends. */
  readonly ends: Uint32Array<ArrayBuffer>;
  readonly ingestTimesMs: Float64Array<ArrayBuffer>;
  /** Neighbours with one partition and format. */
  readonly stretches: readonly Stretch[];
}

export interface Stretch {
  readonly partition: string;
  readonly format: string | undefined;
  /** Of records, behind its last. */
  readonly end: number;
}

/** From the thread, once: it can begin. */
export interface ReadyMessage {
  readonly isReady: true;
}

/** From the thread: what the records of one message are, in the order of the messages. */
export interface EventsMessage {
  readonly cells: Cells;
  readonly newTexts: NewTexts;
  /** Events up to the end of each record. */
  readonly ends: Uint32Array<ArrayBuffer>;
  readonly skipped: Uint32Array<ArrayBuffer>;
  readonly refused: readonly Refused[];
  readonly decodeMs: number;
  readonly figures: DecoderFigures;
}

/** A dead letter and the place of its record in the batch; where the record lies only the other side knows. */
export interface Refused {
  readonly place: number;
  readonly letter: Omit<DeadLetter, 'at'>;
}
