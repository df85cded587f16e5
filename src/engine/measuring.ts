import type { UsageEvent } from '../../schemas/usage-event.ts';
import { type Bound, bind } from './bound-detectors.ts';
import type { CredentialMemory } from './credential-memory.ts';
import type { BehaviouralDetector } from './detector.ts';
import { isDue, keepPace, type Pace, volumeOf } from './pace.ts';
import type { RecordLayout } from './record-layout.ts';
import type { Scorer } from './scorer.ts';
import type { Seen } from './seen.ts';

/** A score moves only when its input does; smaller moves are not worth a network evaluation. */
const inputStep = 0.35;
/** An input of 0 that was scored: 0 itself says that the hour has no score yet. */
const nothingYet = 1e-30;

/** What behavioural detectors measure of the running hour, and the score of it. */
export class Measuring {
  readonly #memory: CredentialMemory;
  readonly #scorer: Scorer;
  readonly #bound: readonly Bound[];
  readonly #pace: Pace;
  #count = 0;
  #volume = 0;
  #measured = false;

  constructor(
    layout: RecordLayout,
    memory: CredentialMemory,
    scorer: Scorer,
    detectors: readonly BehaviouralDetector[],
    pace: Pace,
  ) {
    this.#memory = memory;
    this.#scorer = scorer;
    this.#pace = pace;
    this.#bound = bind(detectors, layout, scorer.raw);
  }

  /** Measures the hour with this event when it is due; whether it was. */
  measure(event: UsageEvent, seen: Seen): boolean {
    this.#count = this.#memory.identity.eventsThisHour + 1;
    this.#volume = volumeOf(event);
    this.#measured = isDue(this.#pace, this.#count, this.#volume, seen);
    if (!this.#measured) return false;
    const bound = this.#bound;
    for (let d = 0; d < bound.length; d += 1) {
      const { score, state, out } = bound[d] as Bound;
      score(event, state, seen, out);
    }
    this.#score();
    return true;
  }

  /** Makes the event part of the running hour. */
  learn(event: UsageEvent, seen: Seen): void {
    const bound = this.#bound;
    for (let d = 0; d < bound.length; d += 1) {
      const { learn, state } = bound[d] as Bound;
      learn(event, state, seen);
    }
    if (this.#measured) this.#scorer.habits.keep(this.#scorer.values);
    keepPace(this.#pace, this.#count, this.#volume, seen, this.#measured);
    this.#memory.identity.eventsThisHour = this.#count;
  }

  /** A score is computed only when its input has moved. */
  #score(): void {
    const { identity } = this.#memory;
    const input = this.#scorer.measure(identity.type, identity.activeHours);
    const isFirst = identity.lastInput === 0;
    if (!isFirst && Math.abs(input - identity.lastInput) < inputStep) return;
    identity.lastBits = this.#scorer.score();
    identity.lastInput = input === 0 ? nothingYet : input;
    if (isFirst || identity.lastBits > identity.bestBits) identity.bestBits = identity.lastBits;
  }
}
