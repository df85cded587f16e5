import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readRevoked } from '../../src/config/revoked.ts';

it('readRevoked() gives one id a line, without comments and blank lines', () => {
  const dir = mkdtempSync(join(tmpdir(), 'bearerwatch-'));
  const file = join(dir, 'revoked');
  writeFileSync(file, '# rotated in May\nkey-1\n\n  jti-9  \r\n');
  expect(readRevoked(file)).toEqual(new Set(['key-1', 'jti-9']));
  rmSync(dir, { recursive: true });
});

it('readRevoked() says which option names a list that cannot be read', () => {
  expect(() => readRevoked('/nowhere/list')).toThrow('lists.revokedFile: cannot read /nowhere/list (ENOENT)');
});

it('readRevoked() is empty without a file', () => {
  expect(readRevoked(undefined).size).toBe(0);
});
