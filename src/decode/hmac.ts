import { createHmac } from 'node:crypto';

const cached = 50_000;
const hexDigits = 32;

/**
 * Replaces secrets by keyed hashes: HMAC-SHA-256 with the deployment's key, 128 bits kept. Without the
 * key nobody can tell which secret a hash stands for, nor test a guess. Hot secrets come from a cache
 * bounded in entries for each purpose; it lives in memory only.
 */
export class KeyedHash {
  readonly #key: Uint8Array;
  readonly #known = new Map<string, Map<string, string>>();

  constructor(key: Uint8Array) {
    this.#key = key;
  }

  /** `purpose` keeps a secret used in two roles from showing as the same value. */
  hash(purpose: string, secret: string): string {
    let digests = this.#known.get(purpose);
    if (digests === undefined) {
      digests = new Map();
      this.#known.set(purpose, digests);
    }
    const known = digests.get(secret);
    if (known !== undefined) return known;
    const digest = createHmac('sha256', this.#key)
      .update(`${purpose}\u0000${secret}`)
      .digest('hex')
      .slice(0, hexDigits);
    if (digests.size >= cached) {
      const oldest = digests.keys().next();
      if (!oldest.done) digests.delete(oldest.value);
    }
    digests.set(secret, digest);
    return digest;
  }
}
