import { chance, exponential, uniform } from './distributions.ts';
import { createRandom } from './random.ts';
import type { SimulatedCall } from './world.ts';

export interface DeliveryOptions {
  readonly seed: number;
  /** Mean time from the call to its record's arrival. */
  readonly delayMs?: number;
  /** Share of the records that are delivered twice. */
  readonly duplicateShare?: number;
  /** Mean time between two late batches of one gateway; infinite: none. */
  readonly lateBatchEveryMs?: number;
  /** How long a late batch is held back. */
  readonly lateBatchMs?: number;
}

/**
 * The same calls as a broker would hand them over: a little out of order, now and then a gateway's
 * batch a quarter of an hour late, some records twice. In order of arrival, with
 * `observedTimestampMs` set. Memory: the records of one late batch.
 */
export function* delivered(
  calls: Iterable<SimulatedCall>,
  options: DeliveryOptions,
): Generator<SimulatedCall> {
  const {
    delayMs = 2_000,
    duplicateShare = 0.002,
    lateBatchEveryMs = 2 * 86_400_000,
    lateBatchMs = 900_000,
  } = options;
  const random = createRandom(options.seed).stream('delivery');
  const held = new Map<string, { nextMs: number; untilMs: number }>();
  let waiting: { readonly call: SimulatedCall; readonly arrivalMs: number }[] = [];
  let releasedMs = Number.NEGATIVE_INFINITY;
  const push = (call: SimulatedCall, arrivalMs: number) => {
    const observedTimestampMs = Math.floor(arrivalMs);
    waiting.push({ call: { ...call, event: { ...call.event, observedTimestampMs } }, arrivalMs });
  };
  for (const call of calls) {
    const { timestampMs, gatewayName } = call.event;
    const name = gatewayName ?? '';
    let batch = held.get(name);
    if (batch === undefined) {
      batch = { nextMs: timestampMs + exponential(random, lateBatchEveryMs), untilMs: 0 };
      held.set(name, batch);
    }
    if (timestampMs >= batch.nextMs) {
      batch.untilMs = timestampMs + lateBatchMs;
      batch.nextMs = batch.untilMs + exponential(random, lateBatchEveryMs);
    }
    const arrivalMs = Math.max(timestampMs, batch.untilMs) + exponential(random, delayMs);
    push(call, arrivalMs);
    if (chance(random, duplicateShare)) push(call, arrivalMs + uniform(random, 100, 60_000));
    // What arrives before any later call could is due; checked once a simulated minute.
    if (timestampMs - releasedMs < 60_000) continue;
    releasedMs = timestampMs;
    waiting.sort((a, b) => a.arrivalMs - b.arrivalMs);
    let i = 0;
    for (; i < waiting.length && (waiting[i]?.arrivalMs ?? 0) < timestampMs; i++)
      yield waiting[i]?.call as SimulatedCall;
    waiting = waiting.slice(i);
  }
  waiting.sort((a, b) => a.arrivalMs - b.arrivalMs);
  for (const { call } of waiting) yield call;
}
