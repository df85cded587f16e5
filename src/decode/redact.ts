import { flatName, isSecretName } from './secret-names.ts';
import { mayHoldToken, tokenPrefixes } from './token-starts.ts';

/** One look decides whether a text can hold anything that the sweep blanks. */
const suspicious =
  /eyJ|[spr]k[-_]|gh[opsur]_|github_pat_|glpat-|xox[bpa]-|AIza|ya29\.|SG\.|npm_|hf_|shpat_|dop_v1_|:\/\/|[=:]|%3d|bearer|basic|dpop/i;

const shortestSecret = 16;
const redacted = '[redacted]';

export interface Swept {
  readonly text: string;
  readonly found: number;
}

/** True when a cheap look shows that `sweep` would change nothing; false says nothing yet. */
export function isHarmless(input: string, isId = false): boolean {
  if (input.length < 8) return true;
  if (isId ? input.includes('://') : input.includes('=') || input.includes(':')) return false;
  return !mayHoldToken(input);
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
  if (word.length >= shortestSecret && tokenPrefixes.some((prefix) => word.startsWith(prefix)))
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
