import type { DeadLetter } from '../../schemas/dead-letter.ts';
import type { UsageEvent } from '../../schemas/usage-event.ts';
import type { RawRecord } from '../sources/source.ts';

/** One raw record may hold no, one or many events (arrays, envelopes). */
export interface Decoded {
  readonly events: readonly UsageEvent[];
  readonly refused: readonly DeadLetter[];
  /** Records understood but of no interest (control messages, error lines of another kind). */
  readonly skipped: number;
}

/** Pure but for its caches: the same record and options give the same result. Never throws. */
export interface Decoder {
  decode(record: RawRecord): Decoded;
}

export interface DecoderFigures {
  /** Texts in which the last sweep still found something like a secret. */
  readonly sweepHits: number;
  readonly byFormat: ReadonlyMap<string, number>;
  /** Lines of no interest by why, in the words of the formats: never a word of the line. */
  readonly skippedBy: ReadonlyMap<string, number>;
}

export interface MeasuredDecoder extends Decoder {
  figures(): DecoderFigures;
}

/** A batch's records as they are decoded. */
export interface DecodedBatch {
  /** What became of the record at this place; asked for at most once each, in order. */
  of(place: number): Decoded;
  /** Time it took beside this thread, milliseconds. */
  readonly besideMs: number;
}

/** Where records become events: in this thread, or in one beside it. */
export interface DecodeStage {
  /** Begins with these records; batches are decoded in the order of the calls. */
  begin(records: readonly RawRecord[]): DecodedBatch | Promise<DecodedBatch>;
  /** Batches worth beginning before anybody asks for them. */
  readonly ahead: number;
  figures(): DecoderFigures;
  close(): Promise<void>;
}
