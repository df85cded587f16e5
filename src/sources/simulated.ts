import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { type DemoLine, demoLive, demoPast, demoStart } from '../simulation/demo-fleet.ts';
import type { Batch, RawRecord, Source } from './source.ts';

const recordsPerBatch = 2_000;
const tickMs = 250;

const story = z.strictObject({
  seed: z.number().int(),
  startMs: z.number().int(),
  /** Lines up to here are acknowledged. */
  untilMs: z.number().int(),
});
type Story = z.output<typeof story>;

export interface SimulatedOptions {
  readonly seed: number;
  /** Simulated seconds a real second, once the past has been played. */
  readonly speed: number;
  /** Keeps where the story is, so that the next start goes on with it. */
  readonly file: string;
  readonly nowMs: () => number;
  /** The past has been read; what comes now happens now. */
  readonly onLive?: (pastLines: number) => void;
}

/**
 * Log lines of a simulated fleet: first its past, as fast as it is taken, then its present.
 *
 * Delivery guarantee: lines not acknowledged are told again by the next start, with the same request
 * ids; attacks begin anew with every start.
 */
export function simulatedSource(options: SimulatedOptions): Source {
  const { nowMs, speed, file } = options;
  const closing = new AbortController();
  const startedMs = nowMs();
  const before = readStory(file, options.seed);
  const startMs = before?.startMs ?? demoStart(startedMs);
  const told = { startMs, sinceMs: before?.untilMs ?? 0 };
  const counts = new Map<string, number>();

  function batchOf(lines: readonly DemoLine[]): Batch {
    const untilMs = lines.at(-1)?.timeMs ?? 0;
    return {
      records: lines.map((line) => recordOf(line, counts)),
      async commit() {
        writeStory(file, { seed: options.seed, startMs, untilMs });
      },
    };
  }

  return {
    name: 'simulation',
    async *[Symbol.asyncIterator]() {
      let lines: DemoLine[] = [];
      let past = 0;
      for (const line of demoPast(options.seed, startedMs, told)) {
        lines.push(line);
        if (lines.length < recordsPerBatch) continue;
        past += lines.length;
        yield batchOf(lines);
        lines = [];
        if (closing.signal.aborted) return;
      }
      if (lines.length > 0) yield batchOf(lines);
      options.onLive?.(past + lines.length);
      const liveFromMs = nowMs();
      const live = demoLive(options.seed, liveFromMs, { startMs });
      while (!closing.signal.aborted) {
        const due = live.linesUntil(liveFromMs + (nowMs() - liveFromMs) * speed);
        if (due.length > 0) yield batchOf(due);
        else await pause(closing.signal);
      }
    },
    async close() {
      closing.abort();
    },
  };
}

function recordOf({ format, line, timeMs }: DemoLine, counts: Map<string, number>): RawRecord {
  const count = (counts.get(format) ?? 0) + 1;
  counts.set(format, count);
  const path = `simulation/${format}.log`;
  // It arrives when it happens: the past was written in the past.
  return {
    value: Buffer.from(line),
    at: { kind: 'file', path, line: count },
    ingestTimeMs: timeMs,
    partition: path,
    format,
  };
}

async function pause(signal: AbortSignal): Promise<void> {
  try {
    await sleep(tickMs, undefined, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

/** Undefined when there is none, or one of another seed: then a new story begins. */
function readStory(file: string, seed: number): Story | undefined {
  if (!existsSync(file)) return undefined;
  const read = story.safeParse(JSON.parse(readFileSync(file, 'utf8')));
  return read.success && read.data.seed === seed ? read.data : undefined;
}

/** Written aside and renamed: a crash leaves the old one or the new one. */
function writeStory(file: string, told: Story): void {
  writeFileSync(`${file}.new`, `${JSON.stringify(told)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}
