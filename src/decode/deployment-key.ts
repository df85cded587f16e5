import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
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
  return { key, createdAt: path };
}

function strong(key: Uint8Array, where: string): Uint8Array {
  if (key.byteLength < 16)
    throw new Error(`${where} holds ${key.byteLength} bytes of key; at least 16 are needed, 32 are right`);
  return key;
}
