import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { never, pipelineOf, sinkOf, sourceOf } from './word-pipeline.ts';

describe('createPipeline(), stopping and failing', () => {
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
