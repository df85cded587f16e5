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
