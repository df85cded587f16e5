import type { Alert } from '../../schemas/alert.ts';
import type { DeadLetter } from '../../schemas/dead-letter.ts';
import type { ScoreLine } from '../../schemas/score-line.ts';
import type { UsageEvent } from '../../schemas/usage-event.ts';

/** What one batch of records produced. */
export interface Delivery {
  readonly alerts: readonly Alert[];
  readonly scores: readonly ScoreLine[];
  readonly events: readonly UsageEvent[];
  readonly deadLetters: readonly DeadLetter[];
}

/**
 * Takes deliveries. `deliver` resolves only when the delivery is safe at the other side, retries
 * what can pass by itself, and rejects on what cannot. Repeats are harmless: ids are
 * deterministic and every sink replaces instead of doubling.
 */
export interface Sink {
  readonly name: string;
  deliver(delivery: Delivery, signal: AbortSignal): Promise<void>;
  /** Takes note of a delivery that can't wait any longer, to make up for it later. Without it, that one is lost. */
  skip?(delivery: Delivery): void;
  /** Undefined when healthy; otherwise one line: what, where, what to do. */
  problem(): string | undefined;
  close(): Promise<void>;
}
