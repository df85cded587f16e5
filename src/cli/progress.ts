import type { Io } from './io.ts';

const everyMs = 200;

export interface Progress {
  show(
    totals: { readonly records: number; readonly bytes: number },
    elapsedMs: number,
    alerts?: number,
  ): void;
  warn(message: unknown): void;
  clear(): void;
}

/** One line that is written over; nothing at all when nobody looks at a terminal. */
export function progressOn(stderr: Io['stderr']): Progress {
  let shownMs = Number.NEGATIVE_INFINITY;
  const clear = () => {
    if (stderr.isTTY === true) stderr.write('\r\u001b[K');
  };
  return {
    show({ records, bytes }, elapsedMs, alerts) {
      if (stderr.isTTY !== true || elapsedMs - shownMs < everyMs) return;
      shownMs = elapsedMs;
      const rate = Math.round((records / Math.max(elapsedMs, 1)) * 1000);
      const mebibytes = (bytes / 1_048_576).toFixed(0);
      const found = alerts === undefined ? '' : `, ${alerts} alerts`;
      stderr.write(`\r\u001b[K${records} records, ${mebibytes} MiB, ${rate} a second${found}`);
    },
    warn(message) {
      clear();
      stderr.write(`${String(message)}\n`);
    },
    clear,
  };
}
