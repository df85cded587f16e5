import type { Delivery, Sink } from '../sinks/sink.ts';

export interface DeliveryHooks {
  onStart(): void;
  onDone(durationMs: number): void;
  onFailure(error: unknown): void;
}

/**
 * One delivery under way at a time, beside the judging of the next batch. A failure is kept: every later
 * call rejects with it, so nothing is acknowledged after it.
 */
export interface Deliveries {
  /** Queues without a pause; resolves when the deliveries before it are done. */
  start(delivery: Delivery): Promise<void>;
  /** Whether something is queued or under way. */
  busy(): boolean;
  /** Resolves when all that is queued by now is done. */
  settled(): Promise<void>;
}

export function deliverTo(
  sinks: readonly Sink[],
  giveUp: AbortSignal,
  hooks: DeliveryHooks,
  clock: () => number,
): Deliveries {
  let queued = 0;
  let tail: Promise<void> = Promise.resolve();
  let failure: { readonly error: unknown } | undefined;

  async function deliver(delivery: Delivery): Promise<void> {
    try {
      if (failure !== undefined) return;
      const startedMs = clock();
      hooks.onStart();
      await Promise.all(sinks.map((sink) => sink.deliver(delivery, giveUp)));
      hooks.onDone(clock() - startedMs);
    } catch (error) {
      failure = { error };
      hooks.onFailure(error);
    } finally {
      queued--;
    }
  }

  async function settled(before: Promise<void> = tail): Promise<void> {
    await before;
    if (failure !== undefined) throw failure.error;
  }

  return {
    start(delivery) {
      const before = tail;
      if (!isEmpty(delivery)) {
        queued++;
        tail = before.then(() => deliver(delivery));
      }
      return settled(before);
    },
    busy: () => queued > 0,
    settled: () => settled(),
  };
}

function isEmpty({ alerts, scores, events, deadLetters }: Delivery): boolean {
  return alerts.length + scores.length + events.length + deadLetters.length === 0;
}
