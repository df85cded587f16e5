import { spawnSync } from 'node:child_process';
import { mkdtempSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { open } from 'lmdb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Position } from '../../schemas/position.ts';
import { CheckpointError, type CheckpointStore, openCheckpoint } from '../../src/state/checkpoint.ts';
import { openStateFolder, StateFolderError } from '../../src/state/state-folder.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'bearerwatch-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const openIn = (path: string) =>
  openCheckpoint({ dir: path, version: '0.1.0', fingerprint: 'f1', now: () => 1_700_000_000_000 });
const kafka = (offset: string): Position => ({ kind: 'kafka', topic: 't', partition: 0, offset });
const bytes = (...values: number[]) => Uint8Array.from(values);

function stateOf(store: CheckpointStore) {
  return new Map([...(store.restored?.entries() ?? [])].map(([key, value]) => [key, [...value]]));
}

describe('openCheckpoint()', () => {
  it('has nothing to restore in a new folder', async () => {
    const store = openIn(join(dir, 'c'));
    expect(store.restored).toBeUndefined();
    await store.close();
  });

  it('restores entries, removals and positions of the last save', async () => {
    const first = openIn(dir);
    first.save(
      (w) => {
        w.put('a', bytes(1));
        w.put('b', bytes(2));
      },
      new Map([['t/0', { at: kafka('7'), newestMs: 4 }]]),
    );
    first.save(
      (w) => {
        w.put('a', bytes(3));
        w.remove('b');
      },
      new Map([['t/0', { at: kafka('9'), newestMs: 5 }]]),
    );
    await first.close();
    const second = openIn(dir);
    expect(stateOf(second)).toEqual(new Map([['a', [3]]]));
    expect(second.restored?.positions).toEqual(new Map([['t/0', { at: kafka('9'), newestMs: 5 }]]));
    expect(second.restored?.stamp).toMatchObject({ writtenBy: '0.1.0', fingerprint: 'f1' });
    await second.close();
  });

  it('copies what is put, so that later changes in place are not saved', async () => {
    const store = openIn(dir);
    const live = bytes(1, 2, 3);
    store.save((w) => w.put('record', live), new Map());
    live.fill(9);
    await store.close();
    const again = openIn(dir);
    expect(stateOf(again).get('record')).toEqual([1, 2, 3]);
    await again.close();
  });

  it('equals the last state for any run of puts and removals', async () => {
    const change = fc.record({
      key: fc.string({ maxLength: 20 }),
      value: fc.option(fc.uint8Array({ maxLength: 40 })),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(change), { maxLength: 6 }), async (saves) => {
        const folder = mkdtempSync(join(dir, 'p-'));
        const expected = new Map<string, number[]>();
        const store = openIn(folder);
        for (const changes of saves) {
          store.save((w) => {
            for (const { key, value } of changes) {
              if (value === null) w.remove(key);
              else w.put(key, value);
              if (value === null) expected.delete(key);
              else expected.set(key, [...value]);
            }
          }, new Map());
        }
        await store.close();
        const again = openIn(folder);
        expect(stateOf(again)).toEqual(expected);
        await again.close();
      }),
      { numRuns: 20 },
    );
  });

  it('refuses a folder of another format and says what to do', async () => {
    const raw = open<Buffer, string>({ path: dir, encoding: 'binary' });
    const stamp = { format: 99, writtenBy: '9.9.9', fingerprint: 'x', savedAtMs: 0 };
    raw.transactionSync(() => raw.putSync('stamp', Buffer.from(JSON.stringify(stamp))));
    await raw.close();
    expect(() => openIn(dir)).toThrow(/written by bearerwatch 9\.9\.9 in format 99.*--fresh/);
  });

  it('refuses a damaged folder and says what to do', () => {
    writeFileSync(join(dir, 'data.mdb'), Buffer.alloc(16_384, 0x5a));
    expect(() => openIn(dir)).toThrow(CheckpointError);
    expect(() => openIn(dir)).toThrow(/cannot be read .*--fresh/);
  });

  it('saves nothing into a folder that was removed or replaced, and goes on when it is back', async () => {
    const store = openIn(join(dir, 'c'));
    store.save((w) => w.put('a', bytes(1)), new Map());
    renameSync(join(dir, 'c'), join(dir, 'away'));
    expect(() => store.save((w) => w.put('b', bytes(2)), new Map())).toThrow(
      /removed or replaced while in use/,
    );
    await openIn(join(dir, 'c')).close();
    expect(() => store.save(() => {}, new Map())).toThrow(CheckpointError);
    rmSync(join(dir, 'c'), { recursive: true });
    renameSync(join(dir, 'away'), join(dir, 'c'));
    store.save(() => {}, new Map());
    await store.close();
    const again = openIn(join(dir, 'c'));
    expect(stateOf(again)).toEqual(
      new Map([
        ['a', [1]],
        ['b', [2]],
      ]),
    );
    await again.close();
  });

  it('keeps the last save on a full disk and writes what was missed once there is room', () => {
    const script = `
      import { openCheckpoint } from ${JSON.stringify(join(import.meta.dirname, '../../src/state/checkpoint.ts'))};
      const options = { dir: ${JSON.stringify(dir)}, version: '1', fingerprint: 'f', now: () => 0 };
      const store = openCheckpoint(options);
      store.save((w) => w.put('small', new Uint8Array(10)), new Map());
      try { store.save((w) => w.put('large', new Uint8Array(4_000_000)), new Map()); }
      catch (error) { console.log(error.name + ': ' + error.message); }
      await store.close();
      const again = openCheckpoint(options);
      console.log([...again.restored.entries()].map(([key]) => key).join());
    `;
    // The limit on file size stands for the full disk: the kernel refuses the write in the same place.
    const limited = spawnSync(
      'bash',
      ['-c', 'ulimit -f 1000; exec "$0" --input-type=module -e "$1"', process.execPath, script],
      {
        encoding: 'utf8',
      },
    );
    expect(limited.stdout).toMatch(
      /^CheckpointError: checkpoint .* cannot be written \(.*MiB free there\); free space/,
    );
    expect(limited.stdout.trim().split('\n').at(-1)).toBe('small');
  });
});

describe('openStateFolder()', () => {
  it('makes the folder for this user only', () => {
    const folder = openStateFolder(join(dir, 'new', 'state'));
    expect(statSync(folder.dir).mode & 0o777).toBe(0o700);
    folder.release();
  });

  it('refuses a second process, names the first, and is free again after its death', () => {
    const script = `
      import { openStateFolder } from ${JSON.stringify(join(import.meta.dirname, '../../src/state/state-folder.ts'))};
      try { openStateFolder(${JSON.stringify(dir)}); console.log('taken'); process.kill(process.pid, 'SIGKILL'); }
      catch (error) { console.log(error.message); }
    `;
    const other = () =>
      spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' }).stdout.trim();
    const mine = openStateFolder(dir);
    expect(other()).toMatch(new RegExp(`is in use by process ${process.pid} on .*--state DIR`));
    mine.release();
    expect(other()).toBe('taken');
    expect(other()).toBe('taken');
  });

  it('says what to do when the folder cannot be made', () => {
    writeFileSync(join(dir, 'file'), '');
    expect(() => openStateFolder(join(dir, 'file', 'state'))).toThrow(StateFolderError);
    expect(() => openStateFolder(join(dir, 'file', 'state'))).toThrow(
      /cannot be used \(ENOTDIR\).*--state DIR/,
    );
  });
});
