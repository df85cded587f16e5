import type { DeadLetter, DeadLetterReason } from '../../schemas/dead-letter.ts';
import type { BatchOutcome } from './source.ts';

interface RefusedFor {
  readonly reason: DeadLetterReason;
  readonly count: number;
  /** The first lines of the body that it befell, from 1; a JSON array is one line. */
  readonly lines: readonly number[];
  /** Of the first of them. */
  readonly detail: string;
}

/** What a sender is told about a request, all of which was dealt with: what was refused is among the dead letters. */
export interface IngestAnswer {
  /** Events that were read. */
  readonly accepted: number;
  readonly refused: number;
  /** Understood, and of no interest. */
  readonly skipped: number;
  readonly reasons: readonly RefusedFor[];
}

const linesShown = 5;
const aheadDetail = 'the time lies farther ahead than engine.maxAheadMs allows';

export function answerTo({ events, skipped, aheadOfTime, refused }: BatchOutcome): IngestAnswer {
  const reasons = [...Map.groupBy(refused, ({ reason }) => reason)].map(refusedFor);
  if (aheadOfTime > 0)
    reasons.push({ reason: 'time-in-future', count: aheadOfTime, lines: [], detail: aheadDetail });
  return { accepted: events, refused: refused.length + aheadOfTime, skipped, reasons };
}

function refusedFor([reason, letters]: readonly [DeadLetterReason, readonly DeadLetter[]]): RefusedFor {
  const lines = new Set(letters.flatMap(({ at }) => (at.kind === 'http' ? [at.line] : [])));
  return {
    reason,
    count: letters.length,
    lines: [...lines].slice(0, linesShown),
    detail: letters[0]?.detail ?? '',
  };
}
