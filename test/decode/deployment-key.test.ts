import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadOrCreateKeys } from '../../src/decode/deployment-key.ts';
import { decoder, ingestTimeMs } from './decoding.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bearerwatch-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("the deployment's hash keys", () => {
  test('one is made where none is configured, and found again', () => {
    const made = loadOrCreateKeys(folder);
    expect(made).toMatchObject({ createdAt: join(folder, 'hash.key'), previous: null });
    expect(loadOrCreateKeys(folder)).toEqual({ ...made, createdAt: null });
  });

  test('a made one may move to the configuration: the same digits are the same key', () => {
    const { key } = loadOrCreateKeys(folder);
    const digits = readFileSync(join(folder, 'hash.key'), 'utf8');
    const elsewhere = join(folder, 'elsewhere');
    expect(loadOrCreateKeys(elsewhere, { hashKey: digits }).key).toEqual(key);
    expect(existsSync(elsewhere)).toBe(false);
  });

  test.each(['', 'a1b2'.repeat(8)])('what is left of a made one is no key: "%s"', (left) => {
    loadOrCreateKeys(folder);
    writeFileSync(join(folder, 'hash.key'), left);
    expect(() => loadOrCreateKeys(folder)).toThrow(`holds ${left.length} of the key's 64 digits`);
  });

  test('any other text is the key itself', () => {
    const { key } = loadOrCreateKeys(folder, { hashKey: 'a passphrase of some words\n' });
    expect(Buffer.from(key).toString()).toBe('a passphrase of some words');
  });

  test.each([
    [{ hashKey: 'short' }, 'decode.hashKey holds 5 bytes of key; at least 16 are needed, 32 are right'],
    [{ previousHashKey: 'short' }, 'decode.previousHashKey holds 5 bytes of key'],
    [
      { hashKey: 'the very same passphrase', previousHashKey: 'the very same passphrase' },
      'decode.previousHashKey is the key in use, so nothing is rotated',
    ],
  ])('a wrong one is refused: %j', (configured, message) => {
    expect(() => loadOrCreateKeys(folder, configured)).toThrow(message);
  });
});

describe('with the key before', () => {
  const old = new Uint8Array(32).fill(1);
  const line = JSON.stringify({
    time: 1_767_607_200,
    method: 'GET',
    path: '/files/aGVsbG8gd29ybGQgd2l0aCBsZXR0ZXJz',
    status: 200,
    authorization: 'Bearer 0paque-t0ken-of-some-length',
  });
  const decodeBy = (options: Parameters<typeof decoder>[0], text = line) => {
    const value = Buffer.from(text);
    const record = { value, at: { kind: 'stdin', line: 1 } as const, ingestTimeMs, partition: 'p' };
    return decoder(options).decode(record).events[0];
  };

  test('events also carry the ids that it gave', () => {
    const before = decodeBy({ hashKey: old });
    const now = decodeBy({ formerHashKey: old });
    expect(before?.credentialId).toMatch(/^token:/);
    expect(before?.objectId).toMatch(/^hmac:/);
    expect(now?.credentialId).not.toBe(before?.credentialId);
    expect(now?.credentialFormerId).toBe(before?.credentialId);
    expect(now?.tokenFormerId).toBe(before?.tokenId);
    expect(now?.objectFormerId).toBe(before?.objectId);
  });

  test('ids that no key made have none before', () => {
    const named = { 'gateway.type': 'canonical', timestamp: 1_767_607_200_000, 'credential.id': 'k-1' };
    const now = decodeBy({ formerHashKey: old }, JSON.stringify(named));
    expect(now).toMatchObject({ credentialId: 'k-1', credentialFormerId: null, objectFormerId: null });
  });

  test('without one, nothing changes', () => {
    expect(decodeBy({})).toMatchObject({
      credentialFormerId: null,
      tokenFormerId: null,
      objectFormerId: null,
    });
  });
});
