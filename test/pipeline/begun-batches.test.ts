import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { DecodedBatch, DecodeStage } from '../../src/decode/decoded.ts';
import type { Source } from '../../src/sources/source.ts';
import { never, pipelineOf, sinkOf, sourceOf, wordStage } from './word-pipeline.ts';

/** Begins at once, and is ready with each batch when the test says so. */
function besideStage(log: string[]) {
  const waiting: (() => void)[] = [];
  const stage: DecodeStage = {
    ...wordStage,
    ahead: 2,
    begin(records) {
      const words = records.map(({ value }) => value.toString()).join('+');
      log.push(`begin ${words}`);
      return new Promise<DecodedBatch>((resolve, reject) => {
        waiting.push(() => {
          if (words === 'crash') reject(new Error('the thread that decodes has ended'));
          else resolve(wordStage.begin(records));
        });
      });
    },
  };
  return { stage, ready: () => waiting.shift()?.() };
}

async function settled(): Promise<void> {
  for (let turns = 0; turns < 5; turns += 1) await turn();
}

describe('createPipeline(), with a stage that decodes beside it', () => {
  it('begins two batches ahead and no more, and judges and acknowledges them in their order', async () => {
    const log: string[] = [];
    const { stage, ready } = besideStage(log);
    const source = sourceOf([['a'], ['alarm'], ['c'], ['alarm', 'd'], ['e']], log);
    const running = pipelineOf({ source, decodeStage: stage, sinks: [sinkOf(log)] }).run(never, never);
    await settled();
    // One is awaited by the judge, two wait behind it.
    expect(log).toEqual(['begin a', 'begin alarm', 'begin c']);
    ready();
    await settled();
    expect(log.splice(0)).toEqual(['begin a', 'begin alarm', 'begin c', 'commit a', 'begin alarm+d']);
    for (let batch = 0; batch < 4; batch += 1) {
      ready();
      await settled();
    }
    await running;
    expect(log.filter((line) => !line.startsWith('begin'))).toEqual([
      'deliver alarm-1',
      'commit alarm',
      'commit c',
      'deliver alarm-2',
      'commit alarm+d',
      'commit e',
    ]);
  });

  it('judges a batch as soon as it is decoded, however long the next one takes to come', async () => {
    const log: string[] = [];
    const { stage, ready } = besideStage(log);
    const stop = new AbortController();
    const source = sourceOf([['a']], log, { endless: true });
    const running = pipelineOf({ source, decodeStage: stage }).run(stop.signal, never);
    await settled();
    ready();
    await settled();
    expect(log).toEqual(['begin a', 'commit a']);
    stop.abort();
    await running;
  });

  it('on a stop takes no more, and judges and acknowledges what it has taken', async () => {
    const log: string[] = [];
    const { stage, ready } = besideStage(log);
    const stop = new AbortController();
    const source = sourceOf([['a'], ['alarm'], ['c'], ['never read'], ['nor this']], log);
    const running = pipelineOf({ source, decodeStage: stage, sinks: [sinkOf(log)] }).run(stop.signal, never);
    await settled();
    stop.abort();
    for (let batch = 0; batch < 3; batch += 1) {
      ready();
      await settled();
    }
    await running;
    expect(log.filter((line) => !line.startsWith('begin'))).toEqual([
      'commit a',
      'deliver alarm-1',
      'commit alarm',
      'commit c',
    ]);
  });

  it('rejects when the thread dies, and acknowledges nothing behind what was judged', async () => {
    const log: string[] = [];
    const { stage, ready } = besideStage(log);
    const source = sourceOf([['a'], ['crash'], ['c']], log, { endless: true });
    const running = pipelineOf({ source, decodeStage: stage }).run(never, never);
    const ended = expect(running).rejects.toThrow('the thread that decodes has ended');
    await settled();
    ready();
    await settled();
    ready();
    await ended;
    expect(log.filter((line) => !line.startsWith('begin'))).toEqual(['commit a']);
  });

  it('judges what was read before a fault of the source, then rejects with it', async () => {
    const log: string[] = [];
    const { stage, ready } = besideStage(log);
    const plain = sourceOf([['a'], ['b']], log);
    const source: Source = {
      ...plain,
      async *[Symbol.asyncIterator]() {
        yield* plain;
        throw new Error('access.log: broken gzip data');
      },
    };
    const running = pipelineOf({ source, decodeStage: stage }).run(never, never);
    const ended = expect(running).rejects.toThrow('broken gzip data');
    for (let batch = 0; batch < 2; batch += 1) {
      await settled();
      ready();
    }
    await ended;
    expect(log.filter((line) => line.startsWith('commit'))).toEqual(['commit a', 'commit b']);
  });

  it('says when decoding hangs', async () => {
    let nowMs = 0;
    const stop = new AbortController();
    const { stage, ready } = besideStage([]);
    const source = sourceOf([['a']], [], { endless: true });
    const pipeline = pipelineOf({ source, decodeStage: stage, clock: () => nowMs });
    const running = pipeline.run(stop.signal, never);
    await settled();
    nowMs = 95_000;
    expect(pipeline.problems()).toEqual(['pipeline: decode has not come back for 95 s']);
    ready();
    await settled();
    expect(pipeline.problems()).toEqual([]);
    stop.abort();
    await running;
  });
});
