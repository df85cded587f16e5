import { isOddByte, numberOf, pairBits, pairTables } from './byte-pairs.ts';
import { beginsSecret, isSuspectSign } from './secret-bytes.ts';

/**
 * What one look over the bytes of a record shows of every text in it. `plain`: printable ASCII without an
 * escape, in JSON but that of a quote. `harmless`: plain, and nothing in it that the sweep could blank, wherever a
 * text is cut out.
 */
export type Look = 'unknown' | 'plain' | 'harmless';

/** The compiler knows what a constant of this file holds; one of another file it loads for every pair. */
const { asFirst, asNext } = pairTables;
const { anyStart, percentBit, schemeBit, oddInJson, oddInText, suspectInJson, suspectInText } = pairBits;

const blank = 0x20;
const quote = 0x22;
const backslash = 0x5c;

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
    if (isOddByte(bytes[i] as number) && !(bytes[i] === backslash && bytes[i + 1] === quote)) return false;
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
