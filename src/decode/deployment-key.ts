import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const keyBytes = 32;

export interface DeploymentKey {
  readonly key: Uint8Array;
  /** Set when a key was generated just now. */
  readonly createdAt: string | null;
}

/**
 * Key of all hashes: the configured one, else the one in the state folder, else a new one, written
 * there for the owner alone. Throws a one-line Error when the key is too short or can't be kept.
 */
export function loadOrCreateKey(stateFolder: string, configured?: string): DeploymentKey {
  if (configured !== undefined)
    return { key: strong(Buffer.from(configured.trim(), 'utf8'), 'the configured key'), createdAt: null };
  const path = join(stateFolder, 'hash.key');
  if (existsSync(path))
    return { key: strong(Buffer.from(readFileSync(path, 'utf8').trim(), 'hex'), path), createdAt: null };
  const key = randomBytes(keyBytes);
  mkdirSync(stateFolder, { recursive: true, mode: 0o700 });
  writeFileSync(path, `${key.toString('hex')}\n`, { mode: 0o600, flag: 'wx' });
  chmodSync(path, 0o600);
  return { key, createdAt: path };
}

function strong(key: Uint8Array, where: string): Uint8Array {
  if (key.byteLength < 16)
    throw new Error(`${where} holds ${key.byteLength} bytes of key; at least 16 are needed, 32 are right`);
  return key;
}
