import type { KafkaLogger } from './client.ts';

/** What keeps the source from reading. */
export type Trouble = 'reading' | 'beginning' | 'joining';

/** Told when they come, change and go. */
export interface Troubles {
  /** One line; undefined when it is over. */
  set(trouble: Trouble, text: string | undefined): void;
  /** One line of the first of them. */
  first(): string | undefined;
}

export function troublesOf(logger: Pick<KafkaLogger, 'info' | 'warn'>): Troubles {
  const current = new Map<Trouble, string>();
  return {
    set(trouble, text) {
      const before = current.get(trouble);
      if (text === before) return;
      if (text === undefined) {
        current.delete(trouble);
        if (current.size === 0) logger.info('kafka: reading again');
        return;
      }
      current.set(trouble, text);
      logger.warn(`${text}; trying again`);
    },
    first: () => current.values().next().value,
  };
}
