import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const keyBytes = 32;
/** The form in which keys are made here, and in which most people make theirs. */
const hexKey = /^[0-9a-fA-F]{64}$/;

export interface ConfiguredKeys {
  readonly hashKey?: string | undefined;
  readonly previousHashKey?: string | undefined;
}

export interface DeploymentKeys {
  readonly key: Uint8Array;
  /** The key before, while a rotation lasts. */
  readonly previous: Uint8Array | null;
  /** Set when a key was generated just now. */
  readonly createdAt: string | null;
}

/**
 * Keys of all hashes. The present one: as configured, else the one in the state folder, else a new one,
 * written there for the owner alone. Throws a one-line Error when a key is too short, is no change, or
 * can't be kept.
 */
export function loadOrCreateKeys(stateFolder: string, configured: ConfiguredKeys = {}): DeploymentKeys {
  const { hashKey, previousHashKey } = configured;
  const previous = previousHashKey === undefined ? null : keyOf(previousHashKey, 'decode.previousHashKey');
  const path = storedKeyPath(stateFolder);
  let createdAt: string | null = null;
  let key: Uint8Array;
  if (hashKey !== undefined) key = keyOf(hashKey, 'decode.hashKey');
  else if (existsSync(path)) key = storedKey(path);
  else {
    key = createKey(stateFolder, path);
    createdAt = path;
  }
  if (previous !== null && Buffer.compare(key, previous) === 0)
    throw new Error(
      'decode.previousHashKey is the key in use, so nothing is rotated; give the key before it, or neither',
    );
  return { key, previous, createdAt };
}

export function hasStoredKey(stateFolder: string): boolean {
  return existsSync(storedKeyPath(stateFolder));
}

function storedKeyPath(stateFolder: string): string {
  return join(stateFolder, 'hash.key');
}

/** Digits of another number are what a full or broken disk left of it: with them every credential would be a new one. */
function storedKey(path: string): Uint8Array {
  const text = readFileSync(path, 'utf8').trim();
  if (/^[0-9a-fA-F]*$/.test(text) && !hexKey.test(text))
    throw new Error(
      `${path} holds ${text.length} of the key's 64 digits; put it back from a backup, or remove it and everything is learnt anew`,
    );
  return keyOf(text, path);
}

function createKey(stateFolder: string, path: string): Uint8Array {
  const key = randomBytes(keyBytes);
  try {
    mkdirSync(stateFolder, { recursive: true, mode: 0o700 });
    // Never half a key under the name, whatever happens: it would be refused at every later start.
    const draft = `${path}.new`;
    writeFileSync(draft, `${key.toString('hex')}\n`, { mode: 0o600, flush: true });
    chmodSync(draft, 0o600);
    renameSync(draft, path);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new Error(
      `the new hash key cannot be kept in ${path} (${code ?? message}); mend the folder or its disk`,
      {
        cause: error,
      },
    );
  }
  return key;
}

/** 64 hexadecimal digits are the key's bytes, so that a key made here may move anywhere; else the text itself is the key. */
function keyOf(text: string, where: string): Uint8Array {
  const trimmed = text.trim();
  const key = Buffer.from(trimmed, hexKey.test(trimmed) ? 'hex' : 'utf8');
  if (key.byteLength < 16)
    throw new Error(`${where} holds ${key.byteLength} bytes of key; at least 16 are needed, 32 are right`);
  return key;
}
