import type { AlertProducer } from './kafka-alerts.ts';
import { backoffMs, waitMs } from './retry.ts';
import type { Sink } from './sink.ts';

const backoff = { firstMs: 500, maxMs: 30_000 };

/**
 * Dead letters to a topic, keyed by their reason. Delivery guarantee: at least once; brokers that are
 * away are waited for, so nothing refused is lost.
 */
export function createDeadLetterTopic(topic: string, producer: AlertProducer): Sink {
  let problem: string | undefined;
  return {
    name: 'dead-letter-topic',
    async deliver({ deadLetters }, signal) {
      if (deadLetters.length === 0) return;
      const records = deadLetters.map((letter) => ({
        key: letter.reason,
        value: JSON.stringify(letter),
        headers: { reason: letter.reason },
      }));
      for (let attempt = 0; ; attempt += 1) {
        signal.throwIfAborted();
        try {
          await producer.send(topic, records);
          problem = undefined;
          return;
        } catch (error) {
          const text = error instanceof Error ? error.message.split('\n', 1)[0] : String(error);
          problem = `dead-letter topic ${topic}: ${text}; check that it exists and may be written`;
          if (!producer.isRetriable(error)) throw new Error(problem, { cause: error });
          await waitMs(backoffMs(backoff, attempt), signal);
        }
      }
    },
    problem: () => problem,
    close: () => producer.close(),
  };
}
