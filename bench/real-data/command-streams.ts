import { hourMs } from '../../src/stats/durations.ts';
import { dataLines, dataRows, foundAtFalseShare, type Replayed, replayLines } from './replay.ts';

const startMs = Date.UTC(2026, 0, 5);
const blockActions = 100;

export interface CommandStreamsResult {
  readonly replayed: Replayed;
  readonly positives: number;
  readonly negatives: number;
  readonly rates: readonly {
    readonly falseShare: number;
    readonly found: number;
    readonly threshold: number;
  }[];
  /** Area under the ROC curve over all test blocks. */
  readonly auc: number;
}

/** Each person's block of 100 actions as one hour of one credential; the action is all there is to see. */
export function commandStreamLines(): string[] {
  return dataLines('command-streams/events.ndjson.gz')
    .map((line): { seq: number; cred: string; action: string } => JSON.parse(line))
    .map(({ seq, cred, action }) => {
      const timeMs =
        startMs + Math.floor(seq / blockActions) * hourMs + (seq % blockActions) * (hourMs / blockActions);
      return { timeMs, cred, seq, action };
    })
    .sort((a, b) => a.timeMs - b.timeMs || (a.cred < b.cred ? -1 : 1))
    .map(({ timeMs, cred, seq, action }) =>
      JSON.stringify({
        'gateway.type': 'canonical',
        timestamp: new Date(timeMs).toISOString(),
        'event.id': `${cred}-${seq}`,
        'credential.id': cred,
        'http.route': action,
      }),
    );
}

/** Blocks in which another person's actions were spliced in, found at given shares of false blocks. */
export function commandStreams(): CommandStreamsResult {
  const replayed = replayLines(commandStreamLines());
  const scores = new Map(
    replayed.scores.map((line) => [
      `${line['credential.id']} ${(line.hour - startMs) / hourMs}`,
      line.score_bits,
    ]),
  );
  const positives: number[] = [];
  const negatives: number[] = [];
  for (const row of dataRows('command-streams/labels-blocks.csv')) {
    const score = scores.get(`${row.get('cred')} ${row.get('block')}`);
    if (score === undefined)
      throw new Error(`no score line for block ${row.get('block')} of ${row.get('cred')}`);
    (row.get('masquerade') === '1' ? positives : negatives).push(score);
  }
  return {
    replayed,
    positives: positives.length,
    negatives: negatives.length,
    rates: [0.013, 0.027, 0.046].map((falseShare) => ({
      falseShare,
      ...foundAtFalseShare(positives, negatives, falseShare),
    })),
    auc: rocArea(positives, negatives),
  };
}

function rocArea(positives: readonly number[], negatives: readonly number[]): number {
  let wins = 0;
  for (const p of positives) for (const n of negatives) wins += p > n ? 1 : p === n ? 0.5 : 0;
  return wins / (positives.length * negatives.length);
}
