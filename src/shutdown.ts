export interface StopOptions {
  readonly deadlineMs: number;
  /** Told when a stop is asked for. */
  readonly onStop: (signal: string) => void;
  /** Ends the process at once: on a second signal, or when the deadline has passed. */
  readonly onGiveUp: (why: string) => void;
}

export interface Stop {
  /** Aborted when a stop is asked for. */
  readonly signal: AbortSignal;
  /** Asks for a stop from inside. */
  request(why: string): void;
  /** Takes the handlers off again. */
  [Symbol.dispose](): void;
}

/** The part of `process` that delivers signals. */
export interface SignalSource {
  on(signal: string, listener: () => void): unknown;
  off(signal: string, listener: () => void): unknown;
}

/**
 * First SIGINT or SIGTERM: abort, and what is in hand is delivered and saved. A second one, or the
 * deadline: give up at once; what was not saved is read again at the next start.
 */
export function stopOnSignals(process: SignalSource, { deadlineMs, onStop, onGiveUp }: StopOptions): Stop {
  const controller = new AbortController();
  let deadline: NodeJS.Timeout | undefined;
  const request = (why: string) => {
    if (controller.signal.aborted) return;
    onStop(why);
    deadline = setTimeout(
      () => onGiveUp(`not finished ${deadlineMs} ms after ${why} (shutdown.deadlineMs)`),
      deadlineMs,
    );
    deadline.unref();
    controller.abort(new Error(why));
  };
  const handlers = (['SIGINT', 'SIGTERM'] as const).map((name) => {
    const handler = () => (controller.signal.aborted ? onGiveUp(`second ${name}`) : request(name));
    process.on(name, handler);
    return { name, handler };
  });
  return {
    signal: controller.signal,
    request,
    [Symbol.dispose]() {
      clearTimeout(deadline);
      for (const { name, handler } of handlers) process.off(name, handler);
    },
  };
}
