/** Passes items from a pushing side to an async iterator, a bounded number at a time. */
export class HandOver<T> {
  readonly #limit: number;
  readonly #items: T[] = [];
  #taker: (() => void) | undefined;
  #givers: (() => void)[] = [];
  #ended = false;
  #error: Error | undefined;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Resolves when there is room and the item was put in; false when the taking side has gone. */
  async give(item: T): Promise<boolean> {
    while (!this.offer(item)) {
      if (!(await this.room())) return false;
    }
    return true;
  }

  /** Resolves when there is room, which the next giver may take; false when the taking side has gone. */
  async room(): Promise<boolean> {
    while (this.#items.length >= this.#limit && !this.#ended) {
      await new Promise<void>((resolve) => this.#givers.push(resolve));
    }
    return !this.#ended;
  }

  /** Puts the item in if there is room now. */
  offer(item: T): boolean {
    if (this.#ended || this.#items.length >= this.#limit) return false;
    this.#items.push(item);
    this.#taker?.();
    return true;
  }

  /** Takes back an item that nobody has taken yet. */
  withdraw(item: T): void {
    const at = this.#items.indexOf(item);
    if (at < 0) return;
    this.#items.splice(at, 1);
    this.#wakeGivers();
  }

  end(error?: Error): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#error = error;
    this.#taker?.();
    this.#wakeGivers();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T> {
    try {
      for (;;) {
        const item = this.#items.shift();
        if (item !== undefined) {
          this.#wakeGivers();
          yield item;
          continue;
        }
        if (this.#ended) {
          if (this.#error !== undefined) throw this.#error;
          return;
        }
        await new Promise<void>((resolve) => {
          this.#taker = resolve;
        });
        this.#taker = undefined;
      }
    } finally {
      this.end();
    }
  }

  #wakeGivers(): void {
    const waiting = this.#givers;
    this.#givers = [];
    for (const wake of waiting) wake();
  }
}
