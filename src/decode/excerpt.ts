import { sweep } from './redact.ts';
import { clean } from './text.ts';

const longest = 512;
const longestName = 40;
const shortestKey = 20;
const mostControls = 3;
const lenient = new TextDecoder('utf-8');

/** Start of a refused record for a person to recognise it by, with everything like a secret blanked. */
export function excerptOf(value: Uint8Array): string {
  if (isBinary(value)) return '[binary]';
  const text = clean(lenient.decode(value.subarray(0, longest * 2)), longest * 2);
  // A word cut off at the end could be the first half of a secret that no longer looks like one.
  const whole = text.slice(0, Math.max(0, text.lastIndexOf(' ', longest)) || longest);
  return blankValues(sweep(whole).text).slice(0, longest);
}

/** Without quotes and blanks nothing tells where a secret ends, or what it is the value of. */
function isBinary(value: Uint8Array): boolean {
  let controls = 0;
  for (const byte of value.subarray(0, 256)) {
    const isBlank = byte === 0x09 || byte === 0x0a || byte === 0x0d;
    if (byte < 0x20 && !isBlank) controls += 1;
  }
  return controls > mostControls;
}

/** A field's name as it may be shown: names come from callers too, and may hold what a value should. */
export function shownName(name: string): string {
  return blankValues(sweep(clean(name, longest)).text).slice(0, longestName);
}

/** Long runs, and words that mix letters and digits like a key, are ids or secrets; here nobody needs either. */
function blankValues(text: string): string {
  return text
    .split(/([\s"',;&=<>{}[\]\\])/)
    .map((word) => (word.length >= shortestKey && (word.length > 200 || mixes(word)) ? '[…]' : word))
    .join('');
}

/** A date is no secret, though it mixes them when a time follows it. */
function mixes(word: string): boolean {
  let hasDigit = false;
  let hasLetter = false;
  for (let i = 0; i < word.length && !(hasDigit && hasLetter); i += 1) {
    const code = word.charCodeAt(i);
    if (code >= 48 && code <= 57) hasDigit = true;
    else if ((code >= 65 && code <= 90) || (code >= 97 && code <= 122)) hasLetter = true;
  }
  return hasDigit && hasLetter && !/^[0-9]{4}-[0-9]{2}-[0-9]{2}/.test(word);
}
