/**
 * Seeded random numbers: sfc32 (Doty-Humphrey's small fast counter generator, PractRand suite) with
 * named substreams. A stream is a function of the world's seed and its name alone, so what one
 * part draws never shifts what another part gets.
 */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  /** Uniform integer in [0, 2^32). */
  bits(): number;
  /** An independent stream, a function of this stream's identity and the name alone. */
  stream(name: string): Random;
}

/** 32-bit mixing of a text into a state, FNV-1a with a final avalanche. */
export function hashText(text: string, seed: number): number {
  let hash = (seed ^ 0x811c9dc5) >>> 0;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return mix32(hash);
}

export function mix32(value: number): number {
  let hash = value >>> 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x7feb352d);
  hash = Math.imul(hash ^ (hash >>> 15), 0x846ca68b);
  return (hash ^ (hash >>> 16)) >>> 0;
}

class Sfc32 implements Random {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;
  readonly #high: number;
  readonly #low: number;

  constructor(high: number, low: number) {
    this.#high = high | 0;
    this.#low = low | 0;
    this.#a = high | 0;
    this.#b = low | 0;
    this.#c = mix32(high ^ low) | 0;
    for (let i = 0; i < 12; i++) this.bits();
  }

  bits(): number {
    const sum = (((this.#a + this.#b) | 0) + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }

  next(): number {
    return this.bits() / 4294967296;
  }

  stream(name: string): Random {
    return new Sfc32(hashText(name, this.#high), hashText(name, this.#low ^ 0x5bd1e995));
  }
}

/** The root stream of a seed. */
export function createRandom(seed: number): Random {
  return new Sfc32(mix32(seed), mix32(Math.floor(seed / 4294967296) ^ seed ^ 0x9e3779b9));
}
