import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Engine } from '../../src/engine/engine.types.ts';
import type { Source } from '../../src/sources/source.ts';
import { folderForEachTest } from '../support/test-folder.ts';
import { countingEngine, never, pipelineOf, sourceOf, storeIn } from './word-pipeline.ts';

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

  it('tells a batch what became of its records, and acknowledges it after that', async () => {
    const log: string[] = [];
    const plain = sourceOf([['a', 'bad', 'poison', 'ahead', 'b']], log);
    const source: Source = {
      ...plain,
      async *[Symbol.asyncIterator]() {
        for await (const batch of plain)
          yield {
            ...batch,
            onJudged: ({ events, skipped, aheadOfTime, refused }) =>
              void log.push(`${events} ${skipped} ${aheadOfTime} ${refused.map(({ reason }) => reason)}`),
          };
      },
    };
    const { engine } = countingEngine();
    const process: Engine['process'] = (event, ...rest) =>
      event.eventId === 'ahead' ? 'refused' : engine.process(event, ...rest);
    await pipelineOf({ source, engine: { ...engine, process } }).run(never, never);
    expect(log).toEqual(['2 0 1 not-json,internal-error', 'commit a+bad+poison+ahead+b']);
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

  describe('how long a batch of a silent source waits', () => {
    afterEach(() => void vi.useRealTimers());

    /** Batch `b` comes one millisecond after the checkpoint that holds `a`. */
    async function waitOfB(acknowledgeWithinMs?: number, saveMs = 5): Promise<number> {
      vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
      let nowMs = 0;
      let timersMs = 0;
      const log: string[] = [];
      let sendB = () => {};
      const b = new Promise<void>((resolve) => {
        sendB = resolve;
      });
      const plain = sourceOf([['a'], ['b']], log, { endless: true });
      const source: Source = {
        ...plain,
        ...(acknowledgeWithinMs === undefined ? {} : { acknowledgeWithinMs }),
        async *[Symbol.asyncIterator]() {
          let isFirst = true;
          for await (const batch of plain) {
            if (!isFirst) await b;
            isFirst = false;
            yield batch;
          }
        },
      };
      const stop = new AbortController();
      const store = storeIn(dir());
      // What is saved at a tick of the timer is a little younger than the tick.
      const save: typeof store.save = (...what) => {
        nowMs += saveMs;
        return store.save(...what);
      };
      const running = pipelineOf({
        source,
        store: { ...store, save },
        checkpoint: { everyMs: 1000, everyRecords: 1_000 },
        clock: () => nowMs,
      }).run(stop.signal, never);
      const pass = async (ms: number) => {
        nowMs += ms;
        const passedMs = nowMs - timersMs;
        timersMs = nowMs;
        vi.advanceTimersByTime(passedMs);
        for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
      };
      while (log.length === 0) await pass(1);
      await pass(1);
      sendB();
      const sentMs = nowMs;
      while (log.length === 1 && nowMs < sentMs + 10_000) await pass(1);
      stop.abort();
      await running;
      await store.close();
      return nowMs - sentMs;
    }

    it('is one interval, also when it comes just behind a checkpoint', async () => {
      expect(await waitOfB()).toBeLessThanOrEqual(1_300);
    });

    it('is what its source asks for where somebody waits for the answer', async () => {
      expect(await waitOfB(200)).toBeLessThanOrEqual(260);
    });

    it('is longer where saving is slow, so that there is time left to judge', async () => {
      const waitedMs = await waitOfB(200, 100);
      expect(waitedMs).toBeGreaterThanOrEqual(500);
      expect(waitedMs).toBeLessThanOrEqual(700);
    });
  });
});
