import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Alert } from '../../schemas/alert.ts';
import { emptyUsageEvent } from '../../schemas/usage-event.ts';
import type { Decoder } from '../../src/decode/decoded.ts';
import type { Engine, EngineFigures } from '../../src/engine/engine.types.ts';
import { type BatchFigures, noMeter } from '../../src/pipeline/meter.ts';
import { createPipeline, type PipelineParts } from '../../src/pipeline.ts';
import type { Delivery, Sink } from '../../src/sinks/sink.ts';
import type { Batch, RawRecord, Source } from '../../src/sources/source.ts';
import { CheckpointError, openCheckpoint } from '../../src/state/checkpoint.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'bearerwatch-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const never = new AbortController().signal;
const quiet = { info() {}, warn() {}, error() {} };

/** Words are the records; `batches` are what a reader would hand over. */
function sourceOf(
  batches: readonly (readonly string[])[],
  log: string[] = [],
  { endless = false } = {},
): Source {
  let offset = 0;
  let close: () => void = () => {};
  const closed = new Promise<void>((resolve) => {
    close = resolve;
  });
  return {
    name: 'words',
    async *[Symbol.asyncIterator]() {
      for (const words of batches) {
        const records = words.map((word): RawRecord => {
          const at = { kind: 'kafka', topic: 't', partition: 0, offset: String(offset++) } as const;
          return { value: Buffer.from(word), at, ingestTimeMs: 1000, partition: 't/0' };
        });
        yield { records, commit: async () => void log.push(`commit ${words.join('+')}`) } satisfies Batch;
      }
      if (endless) await closed;
    },
    close: async () => close(),
  };
}

const decoder: Decoder = {
  decode: ({ value, at, ingestTimeMs }) => {
    const word = value.toString();
    if (word === 'bad') {
      const refusal = {
        reason: 'not-json',
        detail: 'no',
        at,
        ingestTimeMs,
        excerpt: word,
        bytes: 3,
      } as const;
      return { events: [], refused: [refusal], skipped: 0 };
    }
    return {
      events: [{ ...emptyUsageEvent(), eventId: word, gatewayType: 'word' }],
      refused: [],
      skipped: 0,
    };
  },
};

/** Counts words; the word `alarm` gives an alert, `poison` is a fault inside. */
function countingEngine() {
  const counts = new Map<string, number>();
  let alerts: Alert[] = [];
  const engine: Engine = {
    process({ eventId }) {
      if (eventId === 'poison') throw new Error('division by zero');
      counts.set(eventId, (counts.get(eventId) ?? 0) + 1);
      if (eventId === 'alarm') alerts.push({ id: `alarm-${counts.get(eventId)}` } as Alert);
      return 'on-time';
    },
    drain() {
      const drained = alerts;
      alerts = [];
      return { alerts: drained, scores: [] };
    },
    reconfigure() {},
    finish: () => void alerts.push({ id: 'closing' } as Alert),
    figures: () => ({}) as EngineFigures,
    checkpoint(writer) {
      for (const [word, count] of counts) writer.put(word, Uint8Array.of(count));
    },
    restore(entries) {
      for (const [word, value] of entries) counts.set(word, value[0]!);
    },
  };
  return { engine, counts };
}

function sinkOf(
  log: string[],
  deliver: (delivery: Delivery, signal: AbortSignal) => Promise<void> = async () => {},
): Sink {
  return {
    name: 'log',
    async deliver(delivery, signal) {
      await deliver(delivery, signal);
      for (const { id } of delivery.alerts) log.push(`deliver ${id}`);
      for (const { reason, detail } of delivery.deadLetters) log.push(`dead letter ${reason}: ${detail}`);
    },
    problem: () => undefined,
    close: async () => {},
  };
}

function pipelineOf(parts: Partial<PipelineParts>) {
  return createPipeline({
    source: sourceOf([]),
    decoder,
    engine: countingEngine().engine,
    sinks: [],
    store: undefined,
    checkpoint: { everyMs: 3_600_000, everyRecords: 1_000_000 },
    keepEvents: false,
    finite: false,
    meter: noMeter,
    logger: quiet,
    clock: () => performance.now(),
    ...parts,
  });
}

const storeIn = (path: string) => openCheckpoint({ dir: path, version: '1', fingerprint: '', now: () => 0 });

describe('createPipeline()', () => {
  it('delivers at once, saves, and only then acknowledges', async () => {
    const log: string[] = [];
    const store = storeIn(dir);
    const logged = {
      ...store,
      save: (...args: Parameters<typeof store.save>) => {
        log.push('save');
        return store.save(...args);
      },
    };
    const source = sourceOf([['a', 'alarm'], ['b', 'bad'], ['c']], log);
    await pipelineOf({ source, sinks: [sinkOf(log)], store: logged }).run(never, never);
    expect(log).toEqual([
      'deliver alarm-1',
      'dead letter not-json: no',
      'save',
      'commit a+alarm',
      'commit b+bad',
      'commit c',
    ]);
    await store.close();
  });

  it('neither loses nor counts twice what is read again after a crash between save and acknowledgement', async () => {
    const batches = [
      ['a', 'b'],
      ['a', 'c'],
    ];
    const first = countingEngine();
    const store = storeIn(dir);
    await pipelineOf({ source: sourceOf(batches), engine: first.engine, store }).run(never, never);
    await store.close();

    const again = storeIn(dir);
    const second = countingEngine();
    second.engine.restore(again.restored!.entries());
    const figures: BatchFigures[] = [];
    const meter = { ...noMeter, batch: (f: BatchFigures) => void figures.push(f) };
    await pipelineOf({
      source: sourceOf([...batches, ['a']]),
      engine: second.engine,
      store: again,
      meter,
    }).run(never, never);
    expect(Object.fromEntries(second.counts)).toEqual({ a: 3, b: 1, c: 1 });
    expect(figures.map(({ repeated }) => repeated)).toEqual([2, 2, 0]);
    await again.close();
  });

  it('never saves a position behind its state when records are given out again', async () => {
    const store = storeIn(dir);
    const record = (offset: number): RawRecord => {
      const at = { kind: 'kafka', topic: 't', partition: 0, offset: String(offset) } as const;
      return { value: Buffer.from('word'), at, ingestTimeMs: 1000 + offset, partition: 't/0' };
    };
    const source: Source = {
      name: 'rebalanced',
      async *[Symbol.asyncIterator]() {
        yield { records: [record(0), record(1), record(2)], async commit() {} };
        yield { records: [record(0), record(1)], async commit() {} };
      },
      async close() {},
    };
    const { engine, counts } = countingEngine();
    await pipelineOf({ source, engine, store, checkpoint: { everyMs: 3_600_000, everyRecords: 1 } }).run(
      never,
      never,
    );
    await store.close();
    expect(counts.get('word')).toBe(3);
    const again = storeIn(dir);
    expect(again.restored?.positions.get('t/0')).toMatchObject({ at: { offset: '2' }, newestMs: 1002 });
    await again.close();
  });

  it('judges what comes from a topic that was made anew, though its offsets were seen before', async () => {
    const at = { kind: 'kafka', topic: 't', partition: 0, offset: '0' } as const;
    const records = [{ value: Buffer.from('word'), at, ingestTimeMs: 1000, partition: 't/0' }];
    const source: Source = {
      name: 'anew',
      async *[Symbol.asyncIterator]() {
        yield { records, async commit() {} };
        yield { records, async commit() {} };
        yield { records, startsOver: ['t/0'], async commit() {} };
      },
      async close() {},
    };
    const { engine, counts } = countingEngine();
    await pipelineOf({ source, engine }).run(never, never);
    expect(counts.get('word')).toBe(2);
  });

  it('tries an acknowledgement that failed again, also when no more records come', async () => {
    const log: string[] = [];
    let tries = 0;
    const plain = sourceOf([['a'], ['b']], log, { endless: true });
    const source: Source = {
      ...plain,
      async *[Symbol.asyncIterator]() {
        for await (const batch of plain) {
          const commit = async () => {
            tries += 1;
            if (tries <= 2) throw new Error('coordinator moves');
            await batch.commit();
          };
          yield { ...batch, commit };
        }
      },
    };
    const stop = new AbortController();
    const pipeline = pipelineOf({
      source,
      store: storeIn(dir),
      checkpoint: { everyMs: 20, everyRecords: 1_000_000 },
    });
    const running = pipeline.run(stop.signal, never);
    await expect.poll(() => log.toSorted()).toEqual(['commit a', 'commit b']);
    await expect.poll(() => pipeline.problems()).toEqual([]);
    stop.abort();
    await running;
    expect(log).toHaveLength(2);
  });

  it('never saves a state whose alerts are not delivered yet', async () => {
    const log: string[] = [];
    const slow = sinkOf(log, () => sleep(30));
    const { engine } = countingEngine();
    const store = {
      restored: undefined,
      close: async () => {},
      save(fill: Parameters<ReturnType<typeof storeIn>['save']>[0]) {
        const saved = new Map<string, number>();
        fill({ put: (key, value) => void saved.set(key, value[0]!), remove() {} });
        log.push(`save ${saved.get('alarm') ?? 0}`);
        return { entries: 0, bytes: 0 };
      },
    };
    await pipelineOf({
      source: sourceOf(Array.from({ length: 8 }, () => ['alarm'])),
      engine,
      sinks: [slow],
      store,
      checkpoint: { everyMs: 5, everyRecords: 3 },
    }).run(never, never);
    let delivered = 0;
    for (const entry of log) {
      if (entry.startsWith('deliver')) delivered++;
      else expect(Number(entry.split(' ')[1])).toBeLessThanOrEqual(delivered);
    }
    expect(delivered).toBe(8);
    expect(log.at(-1)).toBe('save 8');
  });

  it('acknowledges the last batch of a source that falls silent', async () => {
    const log: string[] = [];
    const stop = new AbortController();
    const store = storeIn(dir);
    const pipeline = pipelineOf({
      source: sourceOf([['a']], log, { endless: true }),
      store,
      checkpoint: { everyMs: 20, everyRecords: 1_000 },
    });
    const running = pipeline.run(stop.signal, never);
    await expect.poll(() => log).toEqual(['commit a']);
    stop.abort();
    await running;
    await store.close();
  });

  it('on a stop finishes what is in hand, saves and acknowledges it', async () => {
    const log: string[] = [];
    const stop = new AbortController();
    const sink = sinkOf(log, async () => {
      stop.abort();
      await sleep(20);
    });
    await pipelineOf({ source: sourceOf([['alarm'], ['never read']], log), sinks: [sink] }).run(
      stop.signal,
      never,
    );
    expect(log).toEqual(['deliver alarm-1', 'commit alarm']);
  });

  it('rejects when a sink fails for good, also while the source is silent, and acknowledges nothing', async () => {
    const log: string[] = [];
    const sink = sinkOf(log, async () => {
      await sleep(5);
      throw new Error('clickhouse: table alerts is missing');
    });
    const source = sourceOf([['alarm']], log, { endless: true });
    await expect(pipelineOf({ source, sinks: [sink] }).run(never, never)).rejects.toThrow(
      'table alerts is missing',
    );
    expect(log).toEqual([]);
  });

  it('lets the source wait while a checkpoint cannot be written, says so, and goes on after', async () => {
    const log: string[] = [];
    let full = true;
    const store = {
      restored: undefined,
      close: async () => {},
      save() {
        if (full) throw new CheckpointError('checkpoint /x cannot be written (0 MiB free there)');
        return { entries: 0, bytes: 0 };
      },
    };
    const stop = new AbortController();
    const pipeline = pipelineOf({
      source: sourceOf([['a'], ['b']], log, { endless: true }),
      store,
      checkpoint: { everyMs: 1, everyRecords: 1 },
    });
    const running = pipeline.run(stop.signal, never);
    await expect
      .poll(() => pipeline.problems())
      .toEqual(['checkpoint /x cannot be written (0 MiB free there)']);
    expect(log).toEqual([]);
    full = false;
    stop.abort();
    await running;
    expect(log).toContain('commit a');
    expect(pipeline.problems()).toEqual([]);
  });

  it('rejects at the end when the last checkpoint cannot be written', async () => {
    const store = {
      restored: undefined,
      close: async () => {},
      save: () => {
        throw new CheckpointError('checkpoint /x cannot be written');
      },
    };
    await expect(pipelineOf({ source: sourceOf([['a']]), store }).run(never, never)).rejects.toThrow(
      '/x cannot',
    );
  });

  it('sets a record aside that the engine fails on, and goes on', async () => {
    const log: string[] = [];
    const { engine, counts } = countingEngine();
    await pipelineOf({ source: sourceOf([['a', 'poison', 'b']]), engine, sinks: [sinkOf(log)] }).run(
      never,
      never,
    );
    expect([...counts.keys()]).toEqual(['a', 'b']);
    expect(log).toEqual(['dead letter internal-error: judging failed: division by zero; please report it']);
  });

  it('sets aside what the source could not read, without asking the decoder', async () => {
    const log: string[] = [];
    const at = { kind: 'kafka', topic: 't', partition: 0, offset: '9' } as const;
    const unreadable = { reason: 'inflate-failed', detail: 'a bomb' } as const;
    const record = { value: new Uint8Array(0), at, ingestTimeMs: 1000, partition: 't/0', unreadable };
    const source: Source = {
      name: 'one',
      async *[Symbol.asyncIterator]() {
        yield { records: [record], async commit() {} };
      },
      async close() {},
    };
    const { engine, counts } = countingEngine();
    await pipelineOf({ source, engine, sinks: [sinkOf(log)] }).run(never, never);
    expect(counts.size).toBe(0);
    expect(log).toEqual(['dead letter inflate-failed: a bomb']);
  });

  it('closes open hours at the end of a finite input', async () => {
    const log: string[] = [];
    await pipelineOf({ source: sourceOf([['a']]), finite: true, sinks: [sinkOf(log)] }).run(never, never);
    expect(log).toEqual(['deliver closing']);
  });

  it('says when a stage hangs', async () => {
    let nowMs = 0;
    const stop = new AbortController();
    let release: () => void = () => {};
    const sink = sinkOf([], () => new Promise((resolve) => (release = resolve)));
    const source = sourceOf([['alarm']], [], { endless: true });
    const pipeline = pipelineOf({ source, sinks: [sink], clock: () => nowMs });
    const running = pipeline.run(stop.signal, never);
    await sleep(10);
    expect(pipeline.problems()).toEqual([]);
    nowMs = 95_000;
    expect(pipeline.problems()).toEqual(['pipeline: deliver has not come back for 95 s']);
    release();
    stop.abort();
    await running;
  });
});
