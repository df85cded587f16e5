import type { ScoreLine } from '../../schemas/score-line.ts';
import { credentialTypes } from '../../schemas/usage-event.ts';
import { hourMs } from '../stats/durations.ts';
import type { Budget } from './budget.ts';
import type { CredentialMemory } from './credential-memory.ts';
import type { HourTrace } from './engine.types.ts';
import { unscaled } from './habits.ts';
import { hourBits, runningMarginBits } from './running-hour.ts';
import type { Scorer } from './scorer.ts';

/** Score lines and traces of credential-hours, for whoever asked for them. */
export class HourReports {
  lines: ScoreLine[] = [];
  readonly #memory: CredentialMemory;
  readonly #scorer: Scorer;
  readonly #budget: Budget;
  readonly #scores: boolean;
  readonly #trace: ((hour: HourTrace) => void) | undefined;

  constructor(
    memory: CredentialMemory,
    scorer: Scorer,
    budget: Budget,
    scores: boolean,
    trace: ((hour: HourTrace) => void) | undefined,
  ) {
    this.#memory = memory;
    this.#scorer = scorer;
    this.#budget = budget;
    this.#scores = scores;
    this.#trace = trace;
  }

  /** The hour under the cursor closes; `best` is its highest running score. */
  closed(credentialId: string, best: number): void {
    const { identity } = this.#memory;
    const scorer = this.#scorer;
    scorer.columns.forEach(({ spec, index }) => {
      scorer.raw[index] = unscaled(spec, scorer.values[index] as number);
    });
    scorer.habits.residuals(scorer.values, identity.type, identity.activeHours, scorer.residuals);
    scorer.prepare(identity.activeHours);
    const closing = hourBits(best, scorer.score());
    if (this.#scores) this.lines.push(this.#line(credentialId, closing));
    this.#tell(credentialId, 'close', closing, identity.hour * hourMs + hourMs - 1);
  }

  /** The hour goes on with this event, which is not counted yet. */
  running(credentialId: string, timeMs: number): void {
    this.#tell(credentialId, 'running', this.#memory.identity.lastBits - runningMarginBits, timeMs);
  }

  #line(credentialId: string, closing: number): ScoreLine {
    const { identity } = this.#memory;
    const families: Record<string, number> = {};
    for (const [family, share] of this.#scorer.families(closing)) families[family] = round(share.bits);
    return {
      'credential.id': credentialId,
      hour: identity.hour * hourMs,
      events: identity.eventsThisHour,
      score_bits: round(closing),
      threshold_bits: round(this.#budget.thresholdBits),
      families,
    };
  }

  #tell(credentialId: string, moment: HourTrace['moment'], scoreBits: number, timeMs: number): void {
    const { identity } = this.#memory;
    this.#trace?.({
      credentialId,
      credentialType: credentialTypes[identity.type] ?? 'unknown',
      hour: identity.hour,
      moment,
      events: identity.eventsThisHour + (moment === 'running' ? 1 : 0),
      activeHours: identity.activeHours,
      raw: this.#scorer.raw,
      residuals: this.#scorer.residuals,
      scoreBits,
      timeMs,
    });
  }
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
