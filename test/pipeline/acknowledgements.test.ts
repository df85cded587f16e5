import { describe, expect, it } from 'vitest';
import type { Source } from '../../src/sources/source.ts';
import { folderForEachTest } from '../support/test-folder.ts';
import { never, pipelineOf, sourceOf, storeIn } from './word-pipeline.ts';

const dir = folderForEachTest();

describe('createPipeline(), acknowledging', () => {
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
      store: storeIn(dir()),
      checkpoint: { everyMs: 20, everyRecords: 1_000_000 },
    });
    const running = pipeline.run(stop.signal, never);
    await expect.poll(() => log.toSorted()).toEqual(['commit a', 'commit b']);
    await expect.poll(() => pipeline.problems()).toEqual([]);
    stop.abort();
    await running;
    expect(log).toHaveLength(2);
  });

  it('acknowledges the last batch of a source that falls silent', async () => {
    const log: string[] = [];
    const stop = new AbortController();
    const store = storeIn(dir());
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
});
