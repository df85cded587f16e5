import { schemes, tokenPrefixes } from './token-starts.ts';

const colon = 0x3a;
const equals = 0x3d;
const quote = 0x22;
const backslash = 0x5c;
const slash = 0x2f;

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
const suspect = anyStart | percentBit | schemeBit | equalsBit;
/** What ends a look (odd), and what is looked at closely where it is found (suspect). */
export const pairBits = {
  anyStart,
  percentBit,
  schemeBit,
  oddInJson: oddBit,
  oddInText: oddBit | gapBit,
  suspectInJson: suspect | nextSignBit | colonBit,
  suspectInText: suspect | nextSignOfTextBit | colonOfTextBit,
} as const;

const every = Array.from({ length: 256 }, (_, byte) => byte);

const isLittleEndian = new Uint16Array(Uint8Array.of(1, 0).buffer)[0] === 1;
/** What a pair of bytes may be as the first or as the next of two, by its number in this machine's order of bytes. */
const asFirst = new Uint16Array(65_536);
const asNext = new Uint16Array(65_536);
export const pairTables = { asFirst, asNext } as const;

for (let first = 0; first < 256; first += 1)
  for (let second = 0; second < 256; second += 1) {
    const pair = numberOf(first, second);
    asFirst[pair] = flagsOf(first) | flagsOf(second) | schemeBit | signsAsFirst(first, second);
    asNext[pair] = oddBit | gapBit | percentBit | equalsBit | signsAsNext(first, second);
  }
for (const prefix of tokenPrefixes) plant(lettersOf(prefix), groupOf(prefix));
for (const scheme of schemes) plant(lettersOf(scheme), 0);

/** In lower case: texts may change their case on their way. */
function lettersOf(start: string): Uint8Array {
  return Buffer.from(start.toLowerCase());
}

/** Within a group any first letters go with any others: these two and that of the schemes give few words that ordinary lines have. */
function groupOf(prefix: string): number {
  return prefix[0] === 'g' || prefix[0] === 'x' ? 1 : 2;
}

function flagsOf(byte: number): number {
  if (byte === 0x09 || byte === 0x0a || byte === 0x0d) return gapBit;
  if (byte < 0x20 || byte > 0x7e || byte === backslash) return oddBit;
  return byte === 0x25 ? percentBit : 0;
}

export function isOddByte(byte: number): boolean {
  return flagsOf(byte) === oddBit;
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

/** As a view of pairs reads them on this machine. */
export function numberOf(first: number, second: number): number {
  return isLittleEndian ? first | (second << 8) : (first << 8) | second;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}
