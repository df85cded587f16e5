import type { Delivery, Sink } from './sink.ts';
import type { SinkFigures } from './sink-figures.ts';

export interface FanOutOptions {
  /** Sinks that must hold a delivery before the input is acknowledged. */
  readonly required?: readonly string[] | undefined;
  /** Alert deliveries that may wait for one best-effort sink. */
  readonly queueMax?: number | undefined;
  /** How long close() lets best-effort sinks finish, ms. */
  readonly drainMs?: number | undefined;
  /** Called with each delivery a best-effort sink could not take; for the log. */
  readonly onLost?: ((sink: string, alerts: number, reason: string) => void) | undefined;
}

export interface FanOutFigures extends SinkFigures {
  readonly lostAlerts: number;
  readonly problem: string | undefined;
}

export interface FanOut extends Sink {
  /** By sink name; sinks of one name are summed. */
  figures(): ReadonlyMap<string, FanOutFigures>;
}

export const requiredByDefault: readonly string[] = ['clickhouse', 'dead-letter', 'dead-letter-topic'];

/**
 * One sink made of all: `deliver` resolves when every required sink holds the delivery, and rejects
 * when one of them does. Best-effort sinks get the alerts over a bounded queue of their own, in
 * order, so none can hold up the others; what one cannot take is counted and reported, never
 * dropped in silence.
 */
export function createFanOut(sinks: readonly Sink[], options: FanOutOptions = {}): FanOut {
  const names = options.required ?? requiredByDefault;
  const required = sinks.filter(({ name }) => names.includes(name));
  const queues = sinks
    .filter(({ name }) => !names.includes(name))
    .map((sink) => createQueue(sink, options.queueMax ?? 1000, options.onLost ?? (() => {})));

  return {
    name: 'all',
    async deliver(delivery, signal) {
      signal.throwIfAborted();
      if (delivery.alerts.length > 0) for (const queue of queues) queue.add(delivery);
      // All settle before the first failure is thrown, so that none works on behind the caller's back.
      const results = await Promise.allSettled(required.map((sink) => sink.deliver(delivery, signal)));
      const failure = results.find((result) => result.status === 'rejected');
      if (failure !== undefined) throw failure.reason;
    },
    problem() {
      const problems = sinks.map((sink) => sink.problem()).filter((problem) => problem !== undefined);
      return problems.length === 0 ? undefined : problems.join('; ');
    },
    figures() {
      const byName = new Map<string, FanOutFigures>();
      for (const sink of sinks) {
        const own = figuresOf(sink);
        const queue = queues.find((entry) => entry.sink === sink);
        const before = byName.get(sink.name);
        byName.set(sink.name, {
          waiting: (before?.waiting ?? 0) + own.waiting + (queue?.waiting() ?? 0),
          retries: (before?.retries ?? 0) + own.retries,
          failures: (before?.failures ?? 0) + own.failures,
          lostAlerts: (before?.lostAlerts ?? 0) + (queue?.lostAlerts() ?? 0),
          problem: before?.problem ?? sink.problem(),
        });
      }
      return byName;
    },
    async close() {
      await Promise.all(queues.map((queue) => queue.drain(options.drainMs ?? 5000)));
      const results = await Promise.allSettled(sinks.map((sink) => sink.close()));
      const failure = results.find((result) => result.status === 'rejected');
      if (failure !== undefined) throw failure.reason;
    },
  };
}

function figuresOf(sink: Sink): SinkFigures {
  const own = sink as Partial<{ figures(): SinkFigures }>;
  return own.figures?.() ?? { waiting: 0, retries: 0, failures: 0 };
}

function createQueue(
  sink: Sink,
  max: number,
  onLost: (sink: string, alerts: number, reason: string) => void,
) {
  const waiting: Delivery[] = [];
  const stop = new AbortController();
  let inHand: Delivery | undefined;
  let lost = 0;
  let working: Promise<void> = Promise.resolve();

  function lose(deliveries: readonly Delivery[], reason: string): void {
    const alerts = deliveries.reduce((sum, delivery) => sum + delivery.alerts.length, 0);
    lost += alerts;
    onLost(sink.name, alerts, reason);
  }

  async function work(): Promise<void> {
    for (inHand = waiting.shift(); inHand !== undefined; inHand = waiting.shift()) {
      try {
        stop.signal.throwIfAborted();
        await sink.deliver(inHand, stop.signal);
      } catch (error) {
        // At a stop with a receiver that is away a thousand wait: they are told as one.
        if (stop.signal.aborted) lose([inHand, ...waiting.splice(0)], 'stopped before they were taken');
        else lose([inHand], oneLine(error));
      }
    }
  }

  return {
    sink,
    add(delivery: Delivery): void {
      // Only the alerts: keeping whole batches of events would cost memory for nothing.
      waiting.push({ alerts: delivery.alerts, scores: [], events: [], deadLetters: [] });
      if (waiting.length > max) {
        const oldest = waiting.shift() as Delivery;
        if (sink.skip === undefined) lose([oldest], `more than ${max} deliveries wait`);
        else sink.skip(oldest);
      }
      if (inHand === undefined) working = work();
    },
    waiting: () => waiting.length + (inHand === undefined ? 0 : 1),
    lostAlerts: () => lost,
    async drain(withinMs: number): Promise<void> {
      const timer = setTimeout(() => stop.abort(new Error('stopping')), withinMs);
      await working;
      clearTimeout(timer);
    },
  };
}

function oneLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n', 1)[0] ?? '';
}
