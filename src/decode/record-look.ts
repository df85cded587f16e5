import { endsLikeSecretName, secretNames } from './secret-names.ts';
import { schemes, tokenPrefixes } from './token-starts.ts';

/**
 * What one look over the bytes of a record shows of every text in it. `plain`: printable ASCII without an
 * escape, in JSON but that of a quote. `harmless`: plain, and nothing in it that the sweep could blank, wherever a
 * text is cut out.
 */
export type Look = 'unknown' | 'plain' | 'harmless';

const blank = 0x20;
const colon = 0x3a;
const equals = 0x3d;
const quote = 0x22;
const backslash = 0x5c;
const slash = 0x2f;
const shortestSecret = 16;
const longestUserInfo = 1024;
const longestTail = 24;

/**
 * What a look finds, each a bit. A thing is there where both a pair of bytes and the pair behind it say
 * so: three or four letters of a token's start, or a sign and what stands before it.
 */
const groups = 3;
/** Starts that begin with the pair, in groups. */
const startBit = 1;
/** Starts that begin with the pair's second byte, in groups. */
const shiftedStartBit = startBit << groups;
const oddBit = shiftedStartBit << groups;
/** Blanks that JSON has between its parts only, and a text line nowhere. */
const gapBit = oddBit << 1;
/** What a %-escape hides is not looked for. */
const percentBit = gapBit << 1;
/** Part of `://`. */
const schemeBit = percentBit << 1;
/** A sign at the next pair's start, in JSON and in a text. */
const nextSignBit = schemeBit << 1;
const nextSignOfTextBit = nextSignBit << 1;
/** A colon at the pair's end, in JSON and in a text. */
const colonBit = nextSignOfTextBit << 1;
const colonOfTextBit = colonBit << 1;
const equalsBit = colonOfTextBit << 1;

const anyStart = oddBit - 1;
const oddInJson = oddBit;
const oddInText = oddBit | gapBit;
const suspect = anyStart | percentBit | schemeBit | equalsBit;
const suspectInJson = suspect | nextSignBit | colonBit;
const suspectInText = suspect | nextSignOfTextBit | colonOfTextBit;

interface Start {
  /** In lower case: texts may change their case on their way. */
  readonly text: Uint8Array;
  /** Bytes that a word with this start needs to be a secret. */
  readonly shortest: number;
}

const starts: readonly Start[] = [
  ...tokenPrefixes.map((prefix) => startOf(prefix, shortestSecret)),
  ...schemes.map((scheme) => startOf(scheme, scheme.length)),
];

const every = Array.from({ length: 256 }, (_, byte) => byte);
const startsByFirst = every.map((byte) => starts.filter(({ text }) => text[0] === byte));

const isLittleEndian = new Uint16Array(Uint8Array.of(1, 0).buffer)[0] === 1;
/** What a pair of bytes may be as the first or as the next of two, by its number in this machine's order of bytes. */
const asFirst = new Uint16Array(65_536);
const asNext = new Uint16Array(65_536);

for (let first = 0; first < 256; first += 1)
  for (let second = 0; second < 256; second += 1) {
    const pair = numberOf(first, second);
    asFirst[pair] = flagsOf(first) | flagsOf(second) | schemeBit | signsAsFirst(first, second);
    asNext[pair] = oddBit | gapBit | percentBit | equalsBit | signsAsNext(first, second);
  }
for (const { text } of starts) plant(text, groupOf(text));

function startOf(text: string, shortest: number): Start {
  return { text: Buffer.from(text.toLowerCase()), shortest };
}

/** Within a group any first letters go with any others: these three give few words that ordinary lines have. */
function groupOf(text: Uint8Array): number {
  if (schemes.includes(Buffer.from(text).toString())) return 0;
  return text[0] === 0x67 || text[0] === 0x78 ? 1 : 2;
}

function flagsOf(byte: number): number {
  if (byte === 0x09 || byte === 0x0a || byte === 0x0d) return gapBit;
  if (byte < 0x20 || byte > 0x7e || byte === backslash) return oddBit;
  return byte === 0x25 ? percentBit : 0;
}

/** No secret's name has a digit in it; in JSON a colon beside a quote ends a name, begins a text or ends one. */
function signsAsFirst(first: number, second: number): number {
  let signs = 0;
  if (!isDigit(second)) signs |= second === quote ? nextSignOfTextBit : nextSignBit | nextSignOfTextBit;
  if (isDigit(first)) return signs;
  if (second === equals) signs |= equalsBit;
  if (second === colon) signs |= first === quote ? colonOfTextBit : colonBit | colonOfTextBit;
  return signs;
}

function signsAsNext(first: number, second: number): number {
  let signs = first === quote ? colonOfTextBit : colonBit | colonOfTextBit;
  if (second === slash && (first === slash || first === colon)) signs |= schemeBit;
  if (first === equals) signs |= nextSignBit | nextSignOfTextBit;
  if (first === colon) signs |= second === quote ? nextSignOfTextBit : nextSignBit | nextSignOfTextBit;
  return signs;
}

function plant(text: Uint8Array, group: number): void {
  const [a, b, c, d] = [...text].map(casesOf) as [number[], number[], number[], number[] | undefined];
  set(asFirst, a, b, startBit << group);
  set(asNext, c, d ?? every, startBit << group);
  set(asFirst, every, a, shiftedStartBit << group);
  set(asNext, b, c, shiftedStartBit << group);
}

function set(table: Uint16Array, firsts: readonly number[], seconds: readonly number[], bit: number): void {
  for (const first of firsts)
    for (const second of seconds) {
      const pair = numberOf(first, second);
      table[pair] = (table[pair] as number) | bit;
    }
}

function casesOf(byte: number): number[] {
  return byte >= 97 && byte <= 122 ? [byte, byte - 32] : [byte];
}

function numberOf(first: number, second: number): number {
  return isLittleEndian ? first | (second << 8) : (first << 8) | second;
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
  const end = (byteOffset + length) >> 1;
  const odd = isJson ? oddInJson : oddInText;
  let sought = odd | (isJson ? suspectInJson : suspectInText);
  let quotesEndTexts = isJson;
  // The first and the last byte may stand in no whole pair.
  let first = byteOffset % 2 === 0 ? numberOf(blank, blank) : numberOf(blank, bytes[0] as number);
  for (let i = (byteOffset + 1) >> 1; i <= end + 1; i += 1) {
    while (i + 4 <= end && !isFound(pairs, first, i, sought)) {
      i += 4;
      first = pairs[i - 1] as number;
    }
    const at = 2 * i - byteOffset;
    const next =
      i < end ? (pairs[i] as number) : numberOf(at < length ? (bytes[at] as number) : blank, blank);
    const flags = (asFirst[first] as number) & (asNext[next] as number);
    if ((flags & odd) !== 0) {
      if (!isJson || !escapesOnlyQuotes(bytes, at - 2)) return 'unknown';
      // From here on a quote may stand inside a text, as it may in a line of text.
      quotesEndTexts = false;
      if (sought !== odd) sought = odd | suspectInText;
    }
    const found = flags & sought & ~odd;
    if (found !== 0 && ((found & percentBit) !== 0 || isSuspect(bytes, at - 2, found, quotesEndTexts)))
      sought = odd;
    first = next;
  }
  return sought === odd ? 'plain' : 'harmless';
}

/** What is odd in the two bytes at `at` are backslashes with a quote behind them: most lists that are logged as a text. */
function escapesOnlyQuotes(bytes: Uint8Array, at: number): boolean {
  for (let i = Math.max(0, at); i < at + 2; i += 1) {
    const isOdd = flagsOf(bytes[i] as number) === oddBit;
    if (isOdd && !(bytes[i] === backslash && bytes[i + 1] === quote)) return false;
  }
  return true;
}

/** Nearly never: four pairs are told by one branch. */
function isFound(pairs: Uint16Array, before: number, i: number, sought: number): boolean {
  const a = pairs[i] as number;
  const b = pairs[i + 1] as number;
  const c = pairs[i + 2] as number;
  const d = pairs[i + 3] as number;
  const early =
    ((asFirst[before] as number) & (asNext[a] as number)) | ((asFirst[a] as number) & (asNext[b] as number));
  const late =
    ((asFirst[b] as number) & (asNext[c] as number)) | ((asFirst[c] as number) & (asNext[d] as number));
  return ((early | late) & sought) !== 0;
}

/** In the two pairs at `at` begins something that the sweep might blank. */
function isSuspect(bytes: Uint8Array, at: number, found: number, quotesEndTexts: boolean): boolean {
  if ((found & anyStart) !== 0 && (beginsSecret(bytes, at) || beginsSecret(bytes, at + 1))) return true;
  if (found < schemeBit) return false;
  return isSuspectSign(bytes, at + 1, quotesEndTexts) || isSuspectSign(bytes, at + 2, quotesEndTexts);
}

function beginsSecret(bytes: Uint8Array, at: number): boolean {
  if (at < 0) return false;
  const known = startsByFirst[lower(bytes[at] as number)] as readonly Start[];
  for (let i = 0; i < known.length; i += 1) if (isStart(bytes, at, known[i] as Start)) return true;
  return false;
}

function isStart(bytes: Uint8Array, at: number, { text, shortest }: Start): boolean {
  if (at + shortest > bytes.length) return false;
  for (let i = 0; i < text.length; i += 1) if (lower(bytes[at + i] as number) !== text[i]) return false;
  for (let i = text.length; i < shortest; i += 1) if (!isWord(bytes[at + i] as number)) return false;
  return true;
}

function isSuspectSign(bytes: Uint8Array, at: number, quotesEndTexts: boolean): boolean {
  const byte = bytes[at] as number;
  if (byte !== colon && byte !== equals) return false;
  return (byte === colon && holdsPassword(bytes, at)) || followsSecretName(bytes, at, quotesEndTexts);
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
function followsSecretName(bytes: Uint8Array, at: number, quotesEndTexts: boolean): boolean {
  let end = at - 1;
  if (end < 0 || isDigit(bytes[end] as number)) return false;
  while (end >= 0 && !isWord(bytes[end] as number)) {
    const byte = bytes[end] as number;
    if (byte === colon || byte === equals || (quotesEndTexts && byte === quote)) return false;
    end -= 1;
  }
  return endsInTail(bytes, end) && endsLikeSecretName(lettersBefore(bytes, end));
}

/** The last three letters are those of a secret's name: a quick no for most words. */
function endsInTail(bytes: Uint8Array, end: number): boolean {
  let code = 0;
  let letters = 0;
  for (let i = end; i >= 0; i -= 1) {
    const byte = bytes[i] as number;
    const letter = byte | 0x20;
    if (letter >= 97 && letter <= 122) {
      code = (code << 5) | (letter & 31);
      letters += 1;
      if (letters === 3) return tails[code] === 1;
    } else if (!isWord(byte) || isDigit(byte)) return false;
  }
  return false;
}

function lettersBefore(bytes: Uint8Array, end: number): string {
  let tail = '';
  for (let i = end; i >= 0 && tail.length < longestTail; i -= 1) {
    const byte = bytes[i] as number;
    const letter = byte | 0x20;
    if (letter >= 97 && letter <= 122) tail = String.fromCharCode(letter) + tail;
    else if (!isWord(byte) || isDigit(byte)) break;
  }
  return tail;
}

/** The last three letters of each secret's name, read backwards. */
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
