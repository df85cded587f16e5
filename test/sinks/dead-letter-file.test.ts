import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { deadLettersConfig } from '../../schemas/config/dead-letters.ts';
import { type DeadLetter, deadLetter } from '../../schemas/dead-letter.ts';
import { openDeadLetterFile } from '../../src/sinks/dead-letter-file.ts';
import type { Delivery } from '../../src/sinks/sink.ts';
import { hostileText } from '../fixtures/alerts.ts';

const never = new AbortController().signal;
const folder = mkdtempSync(join(tmpdir(), 'bearerwatch-dead-letters-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function letter(line: number, excerpt = 'not json'): DeadLetter {
  const at = { kind: 'file' as const, path: 'access.log', line };
  return { reason: 'not-json', detail: 'expected JSON', at, ingestTimeMs: 1, excerpt, bytes: 8 };
}

function delivery(...deadLetters: DeadLetter[]): Delivery {
  return { alerts: [], scores: [], events: [], deadLetters };
}

function openFile(file: string, more: Record<string, unknown> = {}) {
  return openDeadLetterFile({
    ...deadLettersConfig.parse({ retryFirstMs: 5, retryMaxMs: 10, ...more }),
    file,
  });
}

const lines = (file: string) => readFileSync(file, 'utf8').split('\n').slice(0, -1);

describe('openDeadLetterFile()', () => {
  it('appends each dead letter as one line that parses to it, hostile text included', async () => {
    const file = join(folder, 'plain.jsonl');
    const letters = [letter(1), letter(2, hostileText), letter(3)];
    for (const part of letters) {
      const sink = await openFile(file);
      await sink.deliver(delivery(part), never);
      await sink.close();
    }
    expect(lines(file).map((line) => deadLetter.parse(JSON.parse(line)))).toEqual(letters);
    expect(readFileSync(file, 'utf8').replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('keeps two files of bounded size, however much comes at once', async () => {
    const file = join(folder, 'rotated.jsonl');
    const sink = await openFile(file, { maxBytes: 4096 });
    await Promise.all(Array.from({ length: 200 }, (_, i) => sink.deliver(delivery(letter(i)), never)));
    await sink.close();
    expect(statSync(file).size + statSync(`${file}.1`).size).toBeLessThan(2 * 4096 + 400);
    expect(existsSync(`${file}.2`)).toBe(false);
    const kept = [...lines(`${file}.1`), ...lines(file)].map((line) => JSON.parse(line).at.line);
    expect(kept).toEqual(Array.from({ length: kept.length }, (_, i) => 200 - kept.length + i));
  });

  it.each([
    ['at any time', 1_000_000],
    ['while it is rotated', 1],
  ])('waits for a folder that was removed %s, and goes on in a new file', async (_, maxBytes) => {
    const inner = join(folder, `removed-${maxBytes}`);
    const file = join(inner, 'letters.jsonl');
    mkdirSync(inner);
    const sink = await openDeadLetterFile({
      ...deadLettersConfig.parse({ retryFirstMs: 5, retryMaxMs: 10 }),
      file,
      maxBytes,
    });
    await sink.deliver(delivery(letter(1)), never);
    rmSync(inner, { recursive: true });
    const delivering = sink.deliver(delivery(letter(2)), never);
    await vi.waitFor(() => expect(sink.problem()).toContain('ENOENT'));
    await vi.waitFor(() => expect(sink.figures().retries).toBeGreaterThan(2));
    mkdirSync(inner);
    await delivering;
    expect(sink.problem()).toBeUndefined();
    expect(lines(file).map((line) => deadLetter.parse(JSON.parse(line)).at)).toEqual([letter(2).at]);
    await sink.close();
  });

  it('refuses at start what cannot be written', async () => {
    await expect(openFile(join(folder, 'no-such-folder', 'x.jsonl'))).rejects.toThrow(
      /dead letters: cannot write .*x\.jsonl \(ENOENT\); check the folder/,
    );
  });

  it.skipIf(!existsSync('/dev/full'))('reports a full disk and waits until told to stop', async () => {
    const sink = await openFile('/dev/full');
    const stop = new AbortController();
    const delivered = expect(sink.deliver(delivery(letter(1)), stop.signal)).rejects.toThrow('stopped');
    await vi.waitFor(() => expect(sink.figures().retries).toBeGreaterThan(1));
    expect(sink.problem()).toBe('dead letters: cannot write /dev/full (the disk is full: free some space)');
    stop.abort(new Error('stopped'));
    await delivered;
    await sink.close();
  });
});
