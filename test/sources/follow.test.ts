import {
  appendFileSync,
  copyFileSync,
  mkdtempSync,
  renameSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { createFollowSource } from '../../src/sources/follow.ts';
import { readPlaces } from '../../src/sources/log-places.ts';
import { otlpBytes } from '../decode/otlp-writer.ts';
import { sized } from './sized.ts';

function setting() {
  const folder = mkdtempSync(join(tmpdir(), 'bearerwatch-follow-'));
  const path = join(folder, 'access.log');
  const lost: string[] = [];
  const options = {
    paths: [path],
    maxRecordBytes: 1 << 20,
    placesFile: join(folder, 'places.json'),
    nowMs: () => 1,
    onLost: (why: string) => lost.push(why),
  };
  const begin = () => {
    const source = createFollowSource(options);
    const seen: string[] = [];
    const reading = (async () => {
      for await (const batch of source) {
        for (const { value, at } of batch.records)
          seen.push(`${at.kind === 'file' ? at.line : 0} ${Buffer.from(value)}`);
        await batch.commit();
      }
    })();
    const end = async () => {
      await source.close();
      await reading;
    };
    return { seen, end };
  };
  return { path, begin, lost };
}

test('createFollowSource() says once that a file is not there, and reads it from its beginning when it comes', async () => {
  const { path, begin, lost } = setting();
  const { seen, end } = begin();
  await expect.poll(() => lost).toEqual([`${path} is not there; it is read from its beginning once it is`]);
  writeFileSync(path, 'one\n');
  await expect.poll(() => seen).toEqual(['1 one']);
  await end();
  expect(lost).toHaveLength(1);
});

test.each(['', '{"access.log"', '{"access.log":7}'])(
  'readPlaces() says of %j in one line what to do',
  (text) => {
    const path = join(mkdtempSync(join(tmpdir(), 'bearerwatch-places-')), 'places.json');
    writeFileSync(path, text);
    expect(() => readPlaces(path)).toThrow(`${path} does not hold places of log files; remove it`);
  },
);

test('createFollowSource() waits for the end of a line', async () => {
  const { path, begin } = setting();
  writeFileSync(path, 'one\ntw');
  const { seen, end } = begin();
  await expect.poll(() => seen).toEqual(['1 one']);
  appendFileSync(path, 'o\n');
  await expect.poll(() => seen, { timeout: 5000 }).toEqual(['1 one', '2 two']);
  await end();
});

test('createFollowSource() follows rename and create, and reads what the old file still got', async () => {
  const { path, begin } = setting();
  writeFileSync(path, 'one\n');
  const { seen, end } = begin();
  await expect.poll(() => seen).toEqual(['1 one']);
  renameSync(path, `${path}.1`);
  appendFileSync(`${path}.1`, 'late\n');
  writeFileSync(path, 'fresh\n');
  await expect.poll(() => seen, { timeout: 40_000 }).toEqual(['1 one', '2 late', '1 fresh']);
  await end();
});

test('createFollowSource() follows copy and truncate', async () => {
  const { path, begin } = setting();
  writeFileSync(path, 'one\ntwo\n');
  const { seen, end } = begin();
  await expect.poll(() => seen).toHaveLength(2);
  truncateSync(path);
  await new Promise((resolve) => setTimeout(resolve, 600));
  appendFileSync(path, 'three\n');
  await expect.poll(() => seen, { timeout: 5000 }).toEqual(['1 one', '2 two', '1 three']);
  await end();
});

test('createFollowSource() sees that a file was cut although it is longer than before when it looks again', async () => {
  const { path, begin } = setting();
  writeFileSync(path, 'one\ntwo\n');
  const { seen, end } = begin();
  await expect.poll(() => seen).toHaveLength(2);
  // In place, as copytruncate does, and in one step.
  writeFileSync(path, 'a longer line than both\nanother\n');
  await expect
    .poll(() => seen.slice(2), { timeout: 40_000 })
    .toEqual(['1 a longer line than both', '2 another']);
  await end();
});

test('createFollowSource() sees that a file was cut and has grown again while nobody read', async () => {
  const { path, begin } = setting();
  writeFileSync(path, 'one\ntwo\n');
  const first = begin();
  await expect.poll(() => first.seen).toHaveLength(2);
  await first.end();
  writeFileSync(path, 'a longer line than both\nanother\n');
  const second = begin();
  await expect
    .poll(() => second.seen, { timeout: 40_000 })
    .toEqual(['1 a longer line than both', '2 another']);
  await second.end();
});

test('createFollowSource() goes on after a restart where it was acknowledged', async () => {
  const { path, begin } = setting();
  writeFileSync(path, 'one\ntwo\n');
  const first = begin();
  await expect.poll(() => first.seen).toHaveLength(2);
  await first.end();
  appendFileSync(path, 'three\n');
  const second = begin();
  await expect.poll(() => second.seen, { timeout: 5000 }).toEqual(['3 three']);
  await second.end();
});

test('createFollowSource() reads the rest of a file that was rotated while nobody read', async () => {
  const { path, begin, lost } = setting();
  writeFileSync(path, 'one\n');
  const first = begin();
  await expect.poll(() => first.seen).toHaveLength(1);
  await first.end();
  appendFileSync(path, 'two\n');
  renameSync(path, `${path}.1`);
  writeFileSync(path, 'three\n');
  const second = begin();
  await expect.poll(() => second.seen, { timeout: 40_000 }).toEqual(['2 two', '1 three']);
  await second.end();
  expect(lost).toEqual([]);
});

/** The file as it was when it was rotated at that minute. */
function rotate(path: string, name: string, minute: number): void {
  renameSync(path, `${path}.${name}`);
  utimesSync(`${path}.${name}`, minute * 60, minute * 60);
}

test('createFollowSource() reads every file of several rotations while nobody read, and no copy', async () => {
  const { path, begin, lost } = setting();
  writeFileSync(path, 'before\n');
  rotate(path, '4', 1);
  writeFileSync(path, 'one\n');
  const first = begin();
  await expect.poll(() => first.seen).toEqual(['1 one']);
  await first.end();
  appendFileSync(path, 'two\n');
  rotate(path, '3', 2);
  writeFileSync(path, 'three\n');
  rotate(path, '2', 3);
  writeFileSync(path, 'four\n');
  rotate(path, '1', 4);
  writeFileSync(path, 'five\n');
  copyFileSync(`${path}.3`, `${path}.bak`);
  copyFileSync(path, `${path}.now`);
  const second = begin();
  await expect.poll(() => second.seen, { timeout: 40_000 }).toEqual(['2 two', '1 three', '1 four', '1 five']);
  await second.end();
  expect(lost).toEqual([]);
});

test('createFollowSource() names the file of a rotation in between that it cannot read any more', async () => {
  const { path, begin, lost } = setting();
  writeFileSync(path, 'one\n');
  const first = begin();
  await expect.poll(() => first.seen).toHaveLength(1);
  await first.end();
  rotate(path, '2', 1);
  writeFileSync(`${path}.1.gz`, gzipSync('two\n'));
  writeFileSync(path, 'three\n');
  const second = begin();
  await expect.poll(() => second.seen, { timeout: 40_000 }).toEqual(['1 three']);
  await second.end();
  expect(lost).toEqual([expect.stringMatching(/rotated more than once.*access\.log\.1\.gz is compressed/)]);
});

test('createFollowSource() says which file of places is broken', () => {
  const { path, begin } = setting();
  writeFileSync(join(path, '..', 'places.json'), '{"half":');
  expect(begin).toThrow(/places\.json does not hold places of log files; remove it/);
});

test('createFollowSource() says what it lost when the rotated file is gone', async () => {
  const { path, begin, lost } = setting();
  writeFileSync(path, 'one\n');
  const first = begin();
  await expect.poll(() => first.seen).toHaveLength(1);
  await first.end();
  renameSync(path, join(mkdtempSync(join(tmpdir(), 'bearerwatch-elsewhere-')), 'old'));
  writeFileSync(path, 'three\n');
  const second = begin();
  await expect.poll(() => second.seen, { timeout: 5000 }).toEqual(['1 three']);
  await second.end();
  expect(lost).toEqual([expect.stringMatching(/access\.log: the file that was read up to line 1 is gone/)]);
});

test('createFollowSource() reads a line of many buffers without a pause for each', async () => {
  const { path, begin } = setting();
  writeFileSync(path, `${'x'.repeat(5 << 20)}\nshort\n`);
  const { seen, end } = begin();
  await expect.poll(() => seen.length, { timeout: 4000 }).toBe(2);
  expect(seen[0]?.length).toBe('1 '.length + (1 << 20) + 1);
  expect(seen[1]).toBe('2 short');
  await end();
});

test('createFollowSource() follows requests with their sizes, and goes on within the file after a restart', async () => {
  const { path, begin } = setting();
  const batch = (body: string) => otlpBytes([{ timeMs: 1, body }]);
  const bytes = sized(batch('one\none'), batch('two'), batch('three'));
  const cut = 4 + batch('one\none').byteLength + 2;
  const shown = (n: number, body: string) => `${n} ${Buffer.from(batch(body))}`;
  writeFileSync(path, bytes.subarray(0, 9));
  const first = begin();
  appendFileSync(path, bytes.subarray(9, cut));
  await expect.poll(() => first.seen, { timeout: 5000 }).toEqual([shown(1, 'one\none')]);
  await first.end();
  appendFileSync(path, bytes.subarray(cut));
  const second = begin();
  await expect.poll(() => second.seen, { timeout: 5000 }).toEqual([shown(2, 'two'), shown(3, 'three')]);
  await second.end();
});

test('createFollowSource() says that a compressed file does not grow', async () => {
  const { path, begin } = setting();
  writeFileSync(path, gzipSync('one\n'));
  const { end } = begin();
  await expect(end()).rejects.toThrow(
    /access\.log: a gzip file does not grow; set source\.file\.follow: false/,
  );
});

const cri = (tag: string, text: string) => `2026-01-05T10:00:01.5Z stdout ${tag} ${text}`;

test('createFollowSource() makes one line of those that a container runtime cut, and keeps its place before them', async () => {
  const { path, begin } = setting();
  writeFileSync(path, `${cri('F', 'one')}\n\n${cri('P', 'two and ')}\r\n`);
  const first = begin();
  await expect.poll(() => first.seen).toEqual([`1 ${cri('F', 'one')}`]);
  await first.end();
  const second = begin();
  appendFileSync(path, `${cri('F', 'a half')}\n${cri('F', 'three')}\n`);
  await expect
    .poll(() => second.seen, { timeout: 5000 })
    .toEqual([`4 ${cri('F', 'two and a half')}`, `5 ${cri('F', 'three')}`]);
  await second.end();
});

test('createFollowSource() gives out what waits for more when the file is rotated away', async () => {
  const { path, begin } = setting();
  writeFileSync(path, `one\n${cri('P', 'two')}\nthree without an end`);
  const { seen, end } = begin();
  await expect.poll(() => seen).toEqual(['1 one']);
  renameSync(path, `${path}.1`);
  writeFileSync(path, 'fresh\n');
  await expect
    .poll(() => seen, { timeout: 40_000 })
    .toEqual(['1 one', `2 ${cri('P', 'two')}`, '3 three without an end', '1 fresh']);
  await end();
});
