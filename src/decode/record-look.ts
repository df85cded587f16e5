import { endsLikeSecretName, secretNames } from './secret-names.ts';
import { schemes, tokenPrefixes } from './token-starts.ts';

/**
 * What one look over the bytes of a record shows of every text in it. `plain`: printable ASCII without an
 * escape. `harmless`: plain, and nothing in it that the sweep could blank, wherever a text is cut out.
 */
export type Look = 'unknown' | 'plain' | 'harmless';

/** Part of a token's start or of a scheme. */
const startKind = 1;
/** Stands between a name and its value, or after a scheme of a URL. */
const sign = 2;
/** A %-escape: what it hides is not looked for. */
const percent = 4;
/** A blank that JSON has between its parts only, and a text line nowhere. */
const gap = 8;
/** Control characters, escapes, bytes beyond ASCII. */
const odd = 16;

const colon = 0x3a;
const equals = 0x3d;
const quote = 0x22;
const slash = 0x2f;
const shortestSecret = 16;
const longestUserInfo = 1024;
const longestTail = 24;

interface Start {
  /** In lower case: texts may change their case on their way. */
  readonly text: Uint8Array;
  /** Bytes that a word with this start needs to be a secret. */
  readonly shortest: number;
  /** Where in the start the pair stands by which it was found. */
  readonly offset: number;
  /** The letter of its first three that is not in that pair. */
  readonly third: number;
}

/**
 * What two neighbouring bytes may be part of, by the number they are in this machine's order of bytes.
 * Pairs are read at every second place: of three neighbours two always lie in one pair.
 */
const kindOfPair = new Uint8Array(65_536);
/** For each pair of a start the place of its starts in the list. */
const placeOfPair = new Uint8Array(65_536);
const startsAt: Start[][] = [[]];

for (let first = 0; first < 256; first += 1)
  for (let second = 0; second < 256; second += 1)
    kindOfPair[numberOf(first, second)] = kindOf(first) | kindOf(second);
for (const prefix of tokenPrefixes) plant(prefix, shortestSecret);
for (const scheme of schemes) plant(scheme, scheme.length);
const slashes = numberOf(slash, slash);
kindOfPair[slashes] = (kindOfPair[slashes] as number) | sign;
/** The same for JSON, in which a colon beside a quote ends a name, begins a text or ends one: it names nothing. */
const kindOfJsonPair = kindOfPair.slice();
kindOfJsonPair[numberOf(quote, colon)] = 0;
kindOfJsonPair[numberOf(colon, quote)] = 0;

/** Of a start that begins in the middle of a pair the second and third bytes are looked for. */
function plant(start: string, shortest: number): void {
  const text = Buffer.from(start.toLowerCase());
  for (const offset of [0, 1]) {
    const third = text[offset === 0 ? 2 : 0] as number;
    for (const first of casesOf(text[offset] as number))
      for (const second of casesOf(text[offset + 1] as number)) {
        const pair = numberOf(first, second);
        kindOfPair[pair] = (kindOfPair[pair] as number) | startKind;
        if (placeOfPair[pair] === 0) placeOfPair[pair] = startsAt.push([]) - 1;
        startsAt[placeOfPair[pair] as number]?.push({ text, shortest, offset, third });
      }
  }
}

function casesOf(byte: number): number[] {
  return byte >= 97 && byte <= 122 ? [byte, byte - 32] : [byte];
}

function numberOf(first: number, second: number): number {
  return new Uint16Array(Uint8Array.of(first, second).buffer)[0] as number;
}

function kindOf(byte: number): number {
  if (byte === 0x09 || byte === 0x0a || byte === 0x0d) return gap;
  if (byte < 0x20 || byte > 0x7e || byte === 0x5c) return odd;
  if (byte === 0x25) return percent;
  return byte === colon || byte === equals ? sign : 0;
}

let latestBuffer: ArrayBufferLike | null = null;
let latestPairs: Uint16Array = new Uint16Array();

/** Sources cut many records out of one buffer: its view is made once. */
function pairsOf(buffer: ArrayBufferLike): Uint16Array {
  if (buffer !== latestBuffer) {
    latestPairs = new Uint16Array(buffer, 0, buffer.byteLength >> 1);
    latestBuffer = buffer;
  }
  return latestPairs;
}

/** `isJson`: the record starts as JSON does. Linear in the record. */
export function lookOver(bytes: Uint8Array, isJson: boolean): Look {
  const { length, byteOffset } = bytes;
  if (length < 2) return 'unknown';
  const pairs = pairsOf(bytes.buffer);
  const table = isJson ? kindOfJsonPair : kindOfPair;
  const end = (byteOffset + length) >> 1;
  // The first and the last byte may stand in no whole pair.
  let kinds = kindOf(bytes[0] as number) | kindOf(bytes[length - 1] as number);
  let mayHoldSecret = isSuspectSign(bytes, 0, isJson);
  for (let i = (byteOffset + 1) >> 1; i < end; i += 1) {
    while (i + 4 <= end && isNothing(table, pairs, i)) i += 4;
    const pair = i < end ? (pairs[i] as number) : 0x2020;
    const kind = table[pair] as number;
    if (kind === 0) continue;
    kinds |= kind;
    if (kinds >= odd) return 'unknown';
    if (!mayHoldSecret) mayHoldSecret = isSuspect(bytes, 2 * i - byteOffset, pair, kind, isJson);
  }
  if (kinds >= odd || (!isJson && (kinds & gap) !== 0)) return 'unknown';
  return mayHoldSecret || (kinds & percent) !== 0 ? 'plain' : 'harmless';
}

/** Most of a record: four pairs are told by one branch. */
function isNothing(table: Uint8Array, pairs: Uint16Array, i: number): boolean {
  const first = (table[pairs[i] as number] as number) | (table[pairs[i + 1] as number] as number);
  const last = (table[pairs[i + 2] as number] as number) | (table[pairs[i + 3] as number] as number);
  return (first | last) === 0;
}

/** The pair of bytes at `at` belongs to something that the sweep might blank. */
function isSuspect(bytes: Uint8Array, at: number, pair: number, kind: number, isJson: boolean): boolean {
  if ((kind & startKind) !== 0 && isSuspectStart(bytes, at, pair)) return true;
  if ((kind & sign) === 0) return false;
  if (bytes[at] === slash && bytes[at + 1] === slash) return holdsPassword(bytes, at - 1);
  return isSuspectSign(bytes, at, isJson) || isSuspectSign(bytes, at + 1, isJson);
}

function isSuspectStart(bytes: Uint8Array, at: number, pair: number): boolean {
  const known = startsAt[placeOfPair[pair] as number] as Start[];
  const before = at > 0 ? (bytes[at - 1] as number) : 0;
  const behind = at + 2 < bytes.length ? (bytes[at + 2] as number) : 0;
  for (let i = 0; i < known.length; i += 1) {
    const one = known[i] as Start;
    // The third letter of the three tells nearly all.
    if (lower(one.offset === 0 ? behind : before) === one.third && isStart(bytes, at - one.offset, one))
      return true;
  }
  return false;
}

function isStart(bytes: Uint8Array, at: number, { text, shortest }: Start): boolean {
  if (at < 0 || at + shortest > bytes.length) return false;
  for (let i = 0; i < text.length; i += 1) if (lower(bytes[at + i] as number) !== text[i]) return false;
  for (let i = text.length; i < shortest; i += 1) if (!isWord(bytes[at + i] as number)) return false;
  return true;
}

function isSuspectSign(bytes: Uint8Array, at: number, isJson: boolean): boolean {
  const byte = bytes[at] as number;
  if (byte !== colon && byte !== equals) return false;
  return (byte === colon && holdsPassword(bytes, at)) || followsSecretName(bytes, at, isJson);
}

/** `://user:password@`, as the sweep tells it. */
function holdsPassword(bytes: Uint8Array, at: number): boolean {
  if (bytes[at] !== colon || bytes[at + 1] !== slash || bytes[at + 2] !== slash) return false;
  let hasPassword = false;
  const end = Math.min(bytes.length, at + 3 + longestUserInfo);
  for (let i = at + 3; i < end; i += 1) {
    const byte = bytes[i] as number;
    if (byte === 0x40) return hasPassword;
    if (byte === colon) hasPassword = true;
    else if (byte === 0x7c || byte === slash || byte === 0x20 || byte === quote || byte === 0x3f)
      return false;
  }
  return false;
}

/** The word before the sign ends like a secret's name, none of which has a digit in it. Each word is looked at for the first sign after it only. */
function followsSecretName(bytes: Uint8Array, at: number, isJson: boolean): boolean {
  let end = at - 1;
  if (end < 0 || isDigit(bytes[end] as number)) return false;
  while (end >= 0 && !isWord(bytes[end] as number)) {
    const byte = bytes[end] as number;
    if (byte === colon || byte === equals || (isJson && byte === quote)) return false;
    end -= 1;
  }
  let tail = '';
  let code = 0;
  for (let i = end; i >= 0 && tail.length < longestTail; i -= 1) {
    const byte = bytes[i] as number;
    const letter = byte | 0x20;
    if (letter >= 97 && letter <= 122) {
      code = (code << 5) | (letter & 31);
      tail = letters[letter - 97] + tail;
      if (tail.length === 3 && tails[code] === 0) return false;
    } else if (!isWord(byte) || isDigit(byte)) break;
  }
  return tail.length >= 3 && endsLikeSecretName(tail);
}

const letters = [...'abcdefghijklmnopqrstuvwxyz'];
/** The last three letters of each secret's name, read backwards: a quick no for most words. */
const tails = new Uint8Array(32 ** 3);
for (const name of secretNames) {
  const [third, second, first] = Buffer.from(name.slice(-3)) as unknown as [number, number, number];
  tails[((first & 31) << 10) | ((second & 31) << 5) | (third & 31)] = 1;
}

function lower(byte: number): number {
  return byte >= 65 && byte <= 90 ? byte + 32 : byte;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

function isWord(code: number): boolean {
  const letter = code | 0x20;
  if (letter >= 97 && letter <= 122) return true;
  return isDigit(code) || code === 45 || code === 46 || code === 95 || code === 126 || code === 43;
}
