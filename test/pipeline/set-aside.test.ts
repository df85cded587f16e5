import { describe, expect, it } from 'vitest';
import type { Source } from '../../src/sources/source.ts';
import { countingEngine, never, pipelineOf, sinkOf, sourceOf } from './word-pipeline.ts';

describe('createPipeline(), of what cannot be judged', () => {
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
});
