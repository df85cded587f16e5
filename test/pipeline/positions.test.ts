import { describe, expect, it } from 'vitest';
import { type BatchFigures, noMeter } from '../../src/pipeline/meter.ts';
import type { RawRecord, Source } from '../../src/sources/source.ts';
import { folderForEachTest } from '../support/test-folder.ts';
import { countingEngine, never, pipelineOf, sourceOf, storeIn } from './word-pipeline.ts';

const dir = folderForEachTest();

describe('createPipeline(), of records that come again', () => {
  it('neither loses nor counts twice what is read again after a crash between save and acknowledgement', async () => {
    const batches = [
      ['a', 'b'],
      ['a', 'c'],
    ];
    const first = countingEngine();
    const store = storeIn(dir());
    await pipelineOf({ source: sourceOf(batches), engine: first.engine, store }).run(never, never);
    await store.close();

    const again = storeIn(dir());
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
    const store = storeIn(dir());
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
    const again = storeIn(dir());
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
});
