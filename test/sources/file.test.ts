import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { positionText } from '../../schemas/position.ts';
import { createFileSource, type FileSourceOptions } from '../../src/sources/file.ts';
import type { RawRecord } from '../../src/sources/source.ts';

const folder = mkdtempSync(join(tmpdir(), 'bearerwatch-file-'));

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

async function linesOf(options: Pick<FileSourceOptions, 'files'> & Partial<FileSourceOptions>) {
  const seen: string[] = [];
  for await (const { records, commit } of createFileSource({
    maxRecordBytes: 1000,
    nowMs: () => 1,
    ...options,
  })) {
    for (const { value, at } of records)
      seen.push(`${positionText(at).replace(`${folder}/`, '')} ${Buffer.from(value)}`);
    await commit();
  }
  return seen;
}

const three = 'one\r\n\ntwo\nthree';

describe('createFileSource()', () => {
  test.each([
    ['plain', three],
    ['gzip', gzipSync(three)],
    [
      'two gzip members, as log shippers append them',
      Buffer.concat([gzipSync('one\n\ntwo\n'), gzipSync('three')]),
    ],
    ['zstd', zstdCompressSync(three)],
  ])('reads every line once, with its place: %s', async (name, content) => {
    const path = file(name.replaceAll(' ', '-'), content);
    const seen = await linesOf({ files: [path] });
    expect(seen.map((line) => line.split(' ').at(-1))).toEqual(['one', 'two', 'three']);
    expect(seen[2]).toMatch(/\b4\b.* three$/);
  });

  test('goes by the first bytes, not by the name', async () => {
    expect(await linesOf({ files: [file('plain.gz', 'one\n')] })).toHaveLength(1);
    expect(await linesOf({ files: [file('packed.log', gzipSync('one\n'))] })).toHaveLength(1);
    expect(await linesOf({ files: [file('empty.log', '')] })).toEqual([]);
  });

  test('reads files one after the other, and standard input among them', async () => {
    const seen = await linesOf({
      files: [file('a.log', 'a\n'), '-', file('b.log', 'b\n')],
      stdin: Readable.from([Buffer.from('in'), Buffer.from('put\n')]),
    });
    expect(seen.map((line) => line.split(' ').at(-1))).toEqual(['a', 'input', 'b']);
  });

  test('gives out what came over a pipe at once, and ends when it is closed', async () => {
    const pipe = new PassThrough();
    const source = createFileSource({ files: ['-'], maxRecordBytes: 1000, nowMs: () => 1, stdin: pipe });
    const batches = source[Symbol.asyncIterator]();
    pipe.write('one\ntwo\nthr');
    const first = await batches.next();
    expect(first.value?.records.map((record: RawRecord) => `${Buffer.from(record.value)}`)).toEqual([
      'one',
      'two',
    ]);
    const last = batches.next();
    await source.close();
    expect((await last).done).toBe(true);
  });

  test('takes a document over many lines for one record, JSON lines for many', async () => {
    const pretty = JSON.stringify({ Records: [{ a: 1 }, { b: 2 }] }, null, 2);
    expect(await linesOf({ files: [file('document.json', pretty)] })).toHaveLength(1);
    expect(await linesOf({ files: [file('lines.json', '{"a":1}\n{"b":2}\n')] })).toHaveLength(2);
  });

  test('cuts a line that is too long there, so that the decoder refuses it and memory is bounded', async () => {
    const seen = await linesOf({ files: [file('long.log', `${'x'.repeat(100_000)}\nshort\n`)] });
    expect(seen).toHaveLength(2);
    expect(seen[0]?.length).toBeLessThan(1_050);
    expect(seen[1]).toMatch(/ short$/);
  });

  test.each([
    ['a folder', folder, /it is a folder/],
    ['no file', join(folder, 'absent.log'), /absent\.log: no such file/],
    [
      'a broken archive',
      file('cut.gz', gzipSync('one\n'.repeat(10_000)).subarray(0, 60)),
      /cut\.gz: broken gzip data/,
    ],
    [
      'a broken zstd frame',
      file('cut.zst', zstdCompressSync('one\n'.repeat(10_000)).subarray(0, 12)),
      /broken zstd data/,
    ],
  ])('names the file and the fault: %s', async (_name, path, why) => {
    await expect(linesOf({ files: [path] })).rejects.toThrow(why);
  });

  test('makes one line of those that a container runtime cut, and gives out one without an end as it is', async () => {
    const cri = (tag: string, text: string) => `2026-01-05T10:00:01.5Z stdout ${tag} ${text}`;
    const path = file('cut', [cri('P', 'a '), cri('F', 'b'), cri('F', 'c'), cri('P', 'd')].join('\n'));
    expect(await linesOf({ files: [path] })).toEqual([
      `cut:2 ${cri('F', 'a b')}`,
      `cut:3 ${cri('F', 'c')}`,
      `cut:4 ${cri('P', 'd')}`,
    ]);
  });
});
