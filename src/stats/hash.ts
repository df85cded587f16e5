/**
 * Two independent 32-bit hashes of a string, read as one 64-bit fingerprint.
 * Not cryptographic: secrets were replaced by a keyed HMAC before they get here; collisions made
 * on purpose only let somebody share a fingerprint he could have had anyway.
 * Multipliers: Knuth's golden ratio and MurmurHash3's c1/c2, finished with Murmur's avalanche.
 */
export interface Fingerprint {
  low: number;
  high: number;
}

export function fingerprint(text: string, seed: number, into: Fingerprint): Fingerprint {
  let a = seed ^ 0x9e3779b9;
  let b = (seed ^ 0x85ebca6b) >>> 0;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    a = Math.imul(a ^ code, 0xcc9e2d51);
    b = Math.imul(b ^ code, 0x1b873593);
    a ^= a >>> 15;
    b ^= b >>> 13;
  }
  into.low = avalanche(a ^ text.length);
  into.high = avalanche(b + text.length);
  return into;
}

/** 32-bit hash of a string; 0 is kept free to mean "nothing". */
export function hash32(text: string, seed = 0): number {
  let a = seed ^ 0x9e3779b9;
  for (let i = 0; i < text.length; i += 1) {
    a = Math.imul(a ^ text.charCodeAt(i), 0xcc9e2d51);
    a ^= a >>> 15;
  }
  return avalanche(a ^ text.length) || 1;
}

/** As `hash32` of the text's first `end` letters and a suffix, without making that text. */
export function hash32Joined(text: string, end: number, suffix: string, seed = 0): number {
  let a = seed ^ 0x9e3779b9;
  for (let i = 0; i < end; i += 1) {
    a = Math.imul(a ^ text.charCodeAt(i), 0xcc9e2d51);
    a ^= a >>> 15;
  }
  for (let i = 0; i < suffix.length; i += 1) {
    a = Math.imul(a ^ suffix.charCodeAt(i), 0xcc9e2d51);
    a ^= a >>> 15;
  }
  return avalanche(a ^ (end + suffix.length)) || 1;
}

/** Joins two hashes; order matters. */
export function mix32(a: number, b: number): number {
  return avalanche(Math.imul(a ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(b + 0x7f4a7c15, 0xc2b2ae35)) || 1;
}

function avalanche(value: number): number {
  let h = value;
  h ^= h >>> 16;
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  h ^= h >>> 16;
  return h >>> 0;
}

/** 32 hexadecimal digits that only depend on the text: an id under which a repeat replaces. `seed` and the next one are used. */
export function hexId(text: string, seed: number): string {
  const a = fingerprint(text, seed, { low: 0, high: 0 });
  const b = fingerprint(text, seed + 1, { low: 0, high: 0 });
  return [a.low, a.high, b.low, b.high].map((part) => part.toString(16).padStart(8, '0')).join('');
}
