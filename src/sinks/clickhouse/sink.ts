import type { ClickHouseConfig } from '../../../schemas/config/clickhouse.ts';
import { backoffMs, waitMs } from '../retry.ts';
import type { Delivery, Sink } from '../sink.ts';
import type { SinkFigures } from '../sink-figures.ts';
import { type ClickHouse, insertRows } from './client.ts';
import { classify } from './failure.ts';
import { alertRow, deadLetterRow, eventRow, historyRow, isSampled, type Row, scoreRow } from './rows.ts';

export interface ClickHouseSink extends Sink {
  figures(): SinkFigures;
}

export interface ClickHouseSinkOptions {
  readonly nowMs?: () => number;
  /** Called when the problem comes, changes or goes (undefined); for the log. */
  readonly onProblem?: (problem: string | undefined) => void;
}

/** In this order: an alert is stored before everything else of its delivery. */
const tables = ['alert_states', 'alert_history', 'credential_hours', 'dead_letters', 'usage_events'] as const;
type Table = (typeof tables)[number];
/** Largest single insert; bounds the memory of one statement on both sides. */
const insertRowsMax = 20_000;

interface Waiting {
  readonly rows: ReadonlyMap<Table, Row[]>;
  readonly count: number;
  readonly signal: AbortSignal;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Stores deliveries in ClickHouse.
 *
 * Delivery guarantee: `deliver` resolves only after ClickHouse has answered for every row, so the
 * caller may then acknowledge its input. What waits is bounded (`maxBufferedRows`); the caller
 * awaits, which makes the source wait. Repeats are harmless: rows have deterministic keys and
 * versions, and a block repeated after a lost answer carries the same deduplication token.
 *
 * While one group of deliveries is being inserted the next ones gather, and go in together: small
 * inserts when it is quiet, large ones under load, and no timer in between.
 *
 * Outages are retried with back-off for ever; a full disk too, reported as a problem at once. A
 * refusal (password, missing column) is reported at once and retried for `refusalPatienceMs`, for
 * it may be mended meanwhile; then `deliver` rejects and nothing has been acknowledged.
 */
export function createClickHouseSink(
  clickhouse: ClickHouse,
  config: ClickHouseConfig,
  { nowMs = Date.now, onProblem = () => {} }: ClickHouseSinkOptions = {},
): ClickHouseSink {
  const waiting: Waiting[] = [];
  const forRoom: (() => void)[] = [];
  const closing = new AbortController();
  let waitingRows = 0;
  let retries = 0;
  let failures = 0;
  let problem: string | undefined;
  let working: Promise<void> | undefined;

  function say(next: string | undefined): void {
    if (next === problem) return;
    problem = next;
    onProblem(next);
  }

  async function insert(table: Table, rows: readonly Row[], signal: AbortSignal): Promise<void> {
    let refusedSinceMs: number | undefined;
    for (let attempt = 0; ; attempt++) {
      signal.throwIfAborted();
      try {
        await insertRows(clickhouse, table, rows, signal);
        say(undefined);
        return;
      } catch (error) {
        signal.throwIfAborted();
        const failure = classify(error);
        failures++;
        const text = `ClickHouse at ${clickhouse.where}: ${failure.text}`;
        say(text);
        if (failure.kind === 'refused') {
          refusedSinceMs ??= nowMs();
          if (nowMs() - refusedSinceMs >= config.refusalPatienceMs) throw new Error(text, { cause: error });
        } else {
          refusedSinceMs = undefined;
        }
        retries++;
        await waitMs(backoffMs({ firstMs: config.retryFirstMs, maxMs: config.retryMaxMs }, attempt), signal);
      }
    }
  }

  async function store(group: readonly Waiting[]): Promise<void> {
    const signal = AbortSignal.any([closing.signal, ...group.map((entry) => entry.signal)]);
    for (const table of tables) {
      const rows = group.flatMap((entry) => entry.rows.get(table) ?? []);
      for (let start = 0; start < rows.length; start += insertRowsMax) {
        await insert(table, rows.slice(start, start + insertRowsMax), signal);
      }
    }
  }

  async function work(): Promise<void> {
    while (waiting.length > 0) {
      const group = waiting.splice(0);
      let done: readonly Waiting[] = group;
      try {
        await store(group);
        for (const entry of group) entry.resolve();
      } catch (error) {
        // One caller that gave up must not take the others' rows with it: they go again.
        const gaveUp = closing.signal.aborted ? group : group.filter((entry) => entry.signal.aborted);
        done = gaveUp.length === 0 ? group : gaveUp;
        for (const entry of done) entry.reject(error);
        waiting.unshift(...group.filter((entry) => !done.includes(entry)));
      }
      waitingRows -= done.reduce((sum, entry) => sum + entry.count, 0);
      for (const wake of forRoom.splice(0)) wake();
    }
    working = undefined;
  }

  /** Takes room for so many rows, waiting until there is some. */
  async function takeRoom(count: number, signal: AbortSignal): Promise<void> {
    // A delivery larger than the whole buffer passes when the buffer is empty.
    while (waitingRows > 0 && waitingRows + count > config.maxBufferedRows) {
      await new Promise<void>((resolve, reject) => {
        const abort = () => reject(signal.reason);
        signal.addEventListener('abort', abort, { once: true });
        forRoom.push(() => {
          signal.removeEventListener('abort', abort);
          resolve();
        });
      });
    }
    // No pause since the check, or two callers could take the same room.
    waitingRows += count;
  }

  return {
    name: 'clickhouse',
    async deliver(delivery, signal) {
      const rows = rowsOf(delivery, config.eventSampleRate);
      const count = [...rows.values()].reduce((sum, list) => sum + list.length, 0);
      if (count === 0) return;
      if (closing.signal.aborted) throw new Error('ClickHouse sink is closed');
      signal.throwIfAborted();
      await takeRoom(count, signal);
      await new Promise<void>((resolve, reject) => {
        waiting.push({ rows, count, signal, resolve, reject });
        working ??= Promise.resolve().then(work);
      });
    },
    problem: () => problem,
    figures: () => ({ waiting: waitingRows, retries, failures }),
    async close() {
      // Deliveries in hand are finished when they can be; one that is failing is given up, unacknowledged.
      if (problem !== undefined) closing.abort(new Error('ClickHouse sink is closed'));
      await working;
      closing.abort(new Error('ClickHouse sink is closed'));
      await clickhouse.client.close();
    },
  };
}

function rowsOf(delivery: Delivery, eventSampleRate: number): ReadonlyMap<Table, Row[]> {
  return new Map<Table, Row[]>([
    ['alert_states', delivery.alerts.map(alertRow)],
    ['alert_history', delivery.alerts.map(historyRow)],
    ['credential_hours', delivery.scores.map(scoreRow)],
    ['dead_letters', delivery.deadLetters.map(deadLetterRow)],
    [
      'usage_events',
      delivery.events.filter((event) => isSampled(event.credentialId, eventSampleRate)).map(eventRow),
    ],
  ]);
}
