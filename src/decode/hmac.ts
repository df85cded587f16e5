import { createHmac } from 'node:crypto';

const cached = 50_000;
const hexDigits = 32;

/**
 * Replaces secrets by keyed hashes: HMAC-SHA-256 with the deployment's key, 128 bits kept. Without the
 * key nobody can tell which secret a hash stands for, nor test a guess. Hot secrets come from a cache
 * bounded in entries; it lives in memory only.
 */
export class KeyedHash {
  readonly #key: Uint8Array;
  readonly #known = new Map<string, string>();

  constructor(key: Uint8Array) {
    this.#key = key;
  }

  /** `purpose` keeps a secret used in two roles from showing as the same value. */
  hash(purpose: string, secret: string): string {
    const text = `${purpose}\u0000${secret}`;
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const digest = createHmac('sha256', this.#key).update(text).digest('hex').slice(0, hexDigits);
    if (this.#known.size >= cached) {
      const oldest = this.#known.keys().next();
      if (!oldest.done) this.#known.delete(oldest.value);
    }
    this.#known.set(text, digest);
    return digest;
  }
}
