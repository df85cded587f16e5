import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { CheckpointError } from '../../src/state/checkpoint.ts';
import { folderForEachTest } from '../support/test-folder.ts';
import { countingEngine, never, pipelineOf, sinkOf, sourceOf, storeIn } from './word-pipeline.ts';

const dir = folderForEachTest();

describe('createPipeline(), saving', () => {
  it('delivers at once, saves, and only then acknowledges', async () => {
    const log: string[] = [];
    const store = storeIn(dir());
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
});
