/**
 * Query parameters, headers and body fields whose value is a secret. Compared in lower case with
 * everything but letters and digits removed.
 */
const secretNames = new Set([
  'apikey',
  'key',
  'token',
  'accesstoken',
  'auth',
  'authorization',
  'proxyauthorization',
  'jwt',
  'idtoken',
  'refreshtoken',
  'clientsecret',
  'password',
  'passwd',
  'pwd',
  'pass',
  'secret',
  'sig',
  'signature',
  'code',
  'session',
  'sessionid',
  'sid',
  'sessiontoken',
  'subscriptionkey',
  'xapikey',
  'xauthtoken',
  'xaccesstoken',
  'cookie',
  'setcookie',
  'xamzsignature',
  'xamzsecuritytoken',
  'xamzcredential',
  'xgoogsignature',
  'xgoogcredential',
  'awsaccesskeyid',
  'ocpapimsubscriptionkey',
  'bearer',
  'credential',
  'credentials',
  'privatekey',
  'otp',
  'pin',
  'assertion',
  'samlresponse',
  'clientassertion',
  'secretaccesskey',
  'xcsrftoken',
  'csrftoken',
  'xsrftoken',
  'dpop',
  'apitoken',
  'accesskey',
  'secretkey',
  'userpassword',
]);

const flattened = new Map<string, string>();
const flattenedKept = 4096;

/** Lower case, letters and digits only. */
export function flatName(name: string): string {
  const known = flattened.get(name);
  if (known !== undefined) return known;
  let flat = '';
  for (let i = 0; i < name.length && i < 64; i += 1) {
    const code = name.charCodeAt(i) | 0x20;
    if ((code >= 97 && code <= 122) || (code >= 48 && code <= 57)) flat += String.fromCharCode(code);
  }
  if (flattened.size < flattenedKept) flattened.set(name, flat);
  return flat;
}

const secretEndings = ['token', 'secret', 'password', 'apikey', 'signature', 'accesskey', 'jsessionid'];
/** Positions in a listing are named like tokens, and are none. */
const cursors = new Set(['pagetoken', 'nexttoken', 'nextpagetoken', 'continuationtoken', 'synctoken']);

export function isSecretName(name: string): boolean {
  const flat = flatName(name);
  if (secretNames.has(flat)) return true;
  return secretEndings.some((ending) => flat.endsWith(ending)) && !cursors.has(flat);
}

/** Starts of keys and tokens of well-known makers; AKIA is an id, the key to it never has a prefix. */
const prefixes = [
  'eyJ',
  'sk-',
  'sk_',
  'pk_',
  'rk_',
  'ghp_',
  'gho_',
  'ghs_',
  'ghu_',
  'ghr_',
  'github_pat_',
  'glpat-',
  'xoxb-',
  'xoxp-',
  'xoxa-',
  'AIza',
  'ya29.',
  'SG.',
  'npm_',
  'hf_',
  'shpat_',
  'dop_v1_',
];
/** One look decides whether a text can hold anything that the sweep blanks. */
const suspicious =
  /eyJ|[spr]k[-_]|gh[opsur]_|github_pat_|glpat-|xox[bpa]-|AIza|ya29\.|SG\.|npm_|hf_|shpat_|dop_v1_|:\/\/|[=:]|%3d|bearer|basic|dpop/i;

/** Pairs of characters that begin any of these, as a bit for texts (1) and ids (2): one table look a character. */
const suspiciousPairs = new Uint8Array(128 * 128);
for (const start of [...prefixes, 'bearer', 'basic', 'dpop', '%3'])
  for (const first of [
    start[0] as string,
    (start[0] as string).toUpperCase(),
    (start[0] as string).toLowerCase(),
  ])
    for (const second of [
      start[1] as string,
      (start[1] as string).toUpperCase(),
      (start[1] as string).toLowerCase(),
    ])
      markPair(first.charCodeAt(0), second.charCodeAt(0), 3);
for (let code = 0; code < 128; code += 1) {
  markPair(code, 0x3d, 1);
  markPair(code, 0x3a, 1);
}
markPair(0x3a, 0x2f, 3);

function markPair(first: number, second: number, bits: number): void {
  const at = (first << 7) | second;
  suspiciousPairs[at] = (suspiciousPairs[at] as number) | bits;
}

/** Whether the slow look is worth it. Characters beyond ASCII begin nothing. */
function hasSuspiciousPair(input: string, bit: number): boolean {
  let previous = input.charCodeAt(0);
  // A text that starts with a sign has no name before it, but its rest may be anything.
  if (previous > 127) previous = 0;
  for (let i = 1; i < input.length; i += 1) {
    const code = input.charCodeAt(i);
    if (code > 127) {
      previous = 0;
      continue;
    }
    if (((suspiciousPairs[(previous << 7) | code] as number) & bit) !== 0) return true;
    previous = code;
  }
  return false;
}

/** For each pair that starts something suspicious a row of the third characters that go on with it; row 0 has none. */
const rowOfPair = new Uint8Array(128 * 128);
const rowsOfThirds = new Uint8Array(128 * 256);
let rows = 1;
for (const start of [...prefixes, 'bearer', 'basic', 'dpop'])
  for (const first of eitherCase(start[0] as string))
    for (const second of eitherCase(start[1] as string)) {
      const pair = (first << 7) | second;
      if (rowOfPair[pair] === 0) {
        rowOfPair[pair] = rows;
        rows += 1;
      }
      for (const third of eitherCase(start[2] as string))
        rowsOfThirds[((rowOfPair[pair] as number) << 7) | third] = 1;
    }

function eitherCase(character: string): number[] {
  return [character.toLowerCase().charCodeAt(0), character.toUpperCase().charCodeAt(0)];
}

/**
 * One look at a whole record: false when nothing in it starts like a token or key and nothing is
 * written with %-escapes. Only for ASCII; its texts may still name a secret before `=` or `:`.
 */
export function mayHoldToken(bytes: Uint8Array): boolean {
  let first = 0;
  let second = 0;
  for (let i = 0; i < bytes.length; i += 1) {
    const third = bytes[i] as number;
    if (third === 0x25) return true;
    const row = rowOfPair[(first << 7) | second] as number;
    if (row !== 0 && rowsOfThirds[(row << 7) | third] === 1) return true;
    first = second;
    second = third;
  }
  return false;
}

const shortestSecret = 16;
const redacted = '[redacted]';

export interface Swept {
  readonly text: string;
  readonly found: number;
}

/** True when one pass over its characters shows that `sweep` would change nothing; false says nothing yet. */
export function isHarmless(input: string, isId = false): boolean {
  return input.length < 8 || !hasSuspiciousPair(input, isId ? 2 : 1);
}

/**
 * Last line of defence: blanks what looks like a secret in any kept text: what follows Bearer or
 * Basic, JSON Web Tokens, keys of well-known makers, the whole value behind a secret's name (quoted,
 * escaped or bare), the user info of a URL. Linear in the text. With `isId`, names say nothing:
 * `key:17` is an id that starts with its kind.
 */
export function sweep(input: string, isId = false): Swept {
  if (isHarmless(input, isId) || !suspicious.test(input)) return { text: input, found: 0 };
  let found = 0;
  let output = '';
  let at = 0;
  let previous = '';
  let before = '';
  while (at < input.length) {
    const end = endOfWord(input, at);
    if (end === at) {
      before += input[at];
      output += input[at];
      at += 1;
      continue;
    }
    const hidden = endOfSecret(input, at, end, previous, before, isId);
    if (hidden > at) {
      found += 1;
      output += redacted;
      previous = '';
      at = hidden;
    } else {
      previous = input.slice(at, end);
      output += previous;
      at = end;
    }
    before = '';
  }
  return { text: output, found };
}

/** Where the secret that starts at `at` ends; `at` itself when there is none. */
function endOfSecret(
  input: string,
  at: number,
  end: number,
  previous: string,
  before: string,
  isId: boolean,
): number {
  const word = input.slice(at, end);
  if (before.trim() === '' && isScheme(previous) && word.length >= 6) return endOfBare(input, at);
  if (word.length >= shortestSecret && prefixes.some((prefix) => word.startsWith(prefix)))
    return endOfBare(input, at);
  if (before === '://') {
    const userInfo = endOfUserInfo(input, at);
    if (userInfo > at) return userInfo;
  }
  if (isId) return at;
  const names = before.includes('=') || before.includes(':') || before.includes('%3D');
  if (!names || !isSecretName(previous) || isPlainWord(word)) return at;
  return endOfValue(input, at, before, previous);
}

/** A quoted value ends at its quote, an escaped one at the escaped quote, a bare one at a gap. */
function endOfValue(input: string, at: number, before: string, name: string): number {
  const quote = before.length - 1;
  if (before[quote] !== '"' && before[quote] !== "'") {
    const end = endOfBare(input, at);
    // Authorization: SCHEME SECRET, in the middle of a text.
    const hasScheme = flatName(name).endsWith('authorization') && input[end] === ' ';
    return hasScheme ? endOfBare(input, end + 1) : end;
  }
  const mark = before[quote] as string;
  const isEscaped = before[quote - 1] === '\\';
  for (let i = at; i < input.length; i += 1) {
    if (input[i] === '\\') {
      if (isEscaped && input[i + 1] === mark) return i;
      i += 1;
    } else if (input[i] === mark) return i;
  }
  return input.length;
}

function endOfBare(input: string, at: number): number {
  let end = at;
  while (end < input.length && !isGap(input.charCodeAt(end))) end += 1;
  return end;
}

/** `user:password@` before the host. */
function endOfUserInfo(input: string, at: number): number {
  let hasPassword = false;
  for (let i = at; i < input.length && i < at + 1024; i += 1) {
    const character = input[i];
    if (character === '@') return hasPassword ? i : at;
    if (character === ':') hasPassword = true;
    if (character === '|' || character === '/' || character === ' ' || character === '"' || character === '?')
      return at;
  }
  return at;
}

function isScheme(word: string): boolean {
  if (word.length > 6) return false;
  const lower = word.toLowerCase();
  return lower === 'bearer' || lower === 'basic' || lower === 'dpop';
}

function isPlainWord(word: string): boolean {
  return word === 'true' || word === 'false' || word === 'null';
}

/** Blank, quotes, & , ; < > \ | and closing brackets. */
function isGap(code: number): boolean {
  return (
    code <= 32 ||
    code === 34 ||
    code === 38 ||
    code === 39 ||
    code === 44 ||
    code === 59 ||
    code === 60 ||
    code === 62 ||
    code === 92 ||
    code === 93 ||
    code === 124 ||
    code === 125
  );
}

/** Letters, digits, - . _ ~ + and everything beyond ASCII. */
function endOfWord(input: string, at: number): number {
  let end = at;
  while (end < input.length && isWord(input.charCodeAt(end))) end += 1;
  return end;
}

function isWord(code: number): boolean {
  if (code >= 48 && code <= 57) return true;
  if (code >= 65 && code <= 90) return true;
  if (code >= 97 && code <= 122) return true;
  return code === 45 || code === 46 || code === 95 || code === 126 || code === 43 || code > 127;
}
