import { endsLikeSecretName, secretNames } from './secret-names.ts';
import { schemes, tokenPrefixes } from './token-starts.ts';

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
}

const starts: readonly Start[] = [
  ...tokenPrefixes.map((prefix) => startOf(prefix, shortestSecret)),
  ...schemes.map((scheme) => startOf(scheme, scheme.length)),
];

const startsByFirst = Array.from({ length: 256 }, (_, byte) => starts.filter(({ text }) => text[0] === byte));

function startOf(text: string, shortest: number): Start {
  return { text: Buffer.from(text.toLowerCase()), shortest };
}

/** One of the makers' starts with enough of a word behind it, or a scheme. */
export function beginsSecret(bytes: Uint8Array, at: number): boolean {
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

/** A colon or an equals sign behind the name of a secret, or one that begins a URL with a password. */
export function isSuspectSign(bytes: Uint8Array, at: number, quotesEndTexts: boolean): boolean {
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
