import { decodeJwt, decodeProtectedHeader } from 'jose';
import type { Claims } from './format.ts';
import type { KeyedHash } from './hmac.ts';

const longestToken = 8192;
const cached = 20_000;

/** Reads the claims of a token seen in a log. Nothing is verified: the gateway has done that, or has refused the call. */
export class Tokens {
  readonly #hash: KeyedHash;
  readonly #claims = new Map<string, Claims | null>();

  constructor(hash: KeyedHash) {
    this.#hash = hash;
  }

  /** Null when the text is no JSON Web Token. */
  claims(token: string): Claims | null {
    if (!token.startsWith('eyJ') || token.length > longestToken) return null;
    const id = this.#hash.hash('token', token);
    const known = this.#claims.get(id);
    if (known !== undefined) return known;
    const claims = read(token);
    if (this.#claims.size >= cached) this.#claims.clear();
    this.#claims.set(id, claims);
    return claims;
  }

  id(token: string): string {
    return this.#hash.hash('token', token);
  }
}

function read(token: string): Claims | null {
  try {
    const { kid, alg } = decodeProtectedHeader(token);
    return { ...decodeJwt(token), kid, alg };
  } catch {
    // Not a token, or one made to break the reader: it is hashed as an opaque one.
    return null;
  }
}
