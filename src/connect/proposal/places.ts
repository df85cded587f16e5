import { isMissing, type JsonObject } from '../../decode/text.ts';
import { isKnownSecret, isRandom } from './value-kinds.ts';

/** One place of home-made lines and what stood there. */
export interface Place {
  /** As a mapping writes it. */
  readonly path: string;
  /** Its names in lower case, taken apart: `req.headers.xApiKey` → req headers x api key. */
  readonly words: readonly string[];
  /** Lines in which something stands there. */
  lines: number;
  /** The first of its values, cut. */
  readonly values: (string | number | boolean)[];
  /** Different values, up to a bound. */
  readonly different: Set<string | number | boolean>;
}

const mostPlaces = 512;
const mostKeysOfLine = 1_024;
const mostDepth = 8;
const mostValues = 500;
const mostDifferent = 2_000;
const longestValue = 1_024;
const longestKey = 64;
const longestPath = 256;
/** Characters of values kept in all places together. */
const mostCharacters = 16_777_216;

/** Where lines that no format knows have their values. Bounded, whatever the lines hold. */
export class Places {
  readonly #places = new Map<string, Place>();
  #characters = 0;
  lines = 0;

  get all(): readonly Place[] {
    return [...this.#places.values()];
  }

  add(line: JsonObject): void {
    this.lines += 1;
    const seen = new Set<string>();
    let left = mostKeysOfLine;
    const walk = (value: unknown, path: string, depth: number): void => {
      left -= 1;
      if (left < 0) return;
      if (Array.isArray(value)) {
        // A mapping takes the first of several texts by itself, and counts into a list of objects.
        const [first] = value;
        if (typeof first === 'object' && first !== null) walk(first, `${path}.0`, depth + 1);
        else if (value.length > 0) this.#see(path, first, seen);
        return;
      }
      if (typeof value !== 'object' || value === null) {
        this.#see(path, value, seen);
        return;
      }
      if (depth >= mostDepth) return;
      for (const key of Object.keys(value)) {
        if (left < 0) return;
        if (isStep(key)) walk((value as JsonObject)[key], path === '' ? key : `${path}.${key}`, depth + 1);
      }
    };
    walk(line, '', 0);
  }

  #see(path: string, given: unknown, seen: Set<string>): void {
    if (path === '' || path.length > longestPath || seen.has(path) || isMissing(given)) return;
    if (typeof given !== 'string' && typeof given !== 'number' && typeof given !== 'boolean') return;
    const place = this.#placeOf(path);
    if (place === null) return;
    seen.add(path);
    place.lines += 1;
    const value = typeof given === 'string' ? given.slice(0, longestValue) : given;
    const length = typeof value === 'string' ? value.length : 8;
    if (this.#characters > mostCharacters) return;
    if (place.values.length < mostValues) {
      place.values.push(value);
      this.#characters += length;
    }
    if (place.different.size < mostDifferent && !place.different.has(value)) {
      place.different.add(value);
      this.#characters += length;
    }
  }

  #placeOf(path: string): Place | null {
    const known = this.#places.get(path);
    if (known !== undefined) return known;
    if (this.#places.size >= mostPlaces) return null;
    const place: Place = { path, words: wordsOf(path), lines: 0, values: [], different: new Set() };
    this.#places.set(path, place);
    return place;
  }
}

/**
 * What a path of a mapping can say: dots between names that are not empty. A key that looks like somebody's
 * secret or id is data and no name: it must not be shown.
 */
function isStep(key: string): boolean {
  if (key.length > longestKey || isKnownSecret(key) || isRandom(key)) return false;
  return key !== '' && !key.startsWith('.') && !key.endsWith('.') && !key.includes('..');
}

/** `response.statusCode`, `RESP-STATUS_CODE`, `$status` → their words. */
function wordsOf(path: string): string[] {
  const words: string[] = [];
  let word = '';
  let wasLower = false;
  const end = () => {
    if (word !== '') words.push(word);
    word = '';
  };
  for (const character of path) {
    const lower = character.toLowerCase();
    const isLetter = lower !== character.toUpperCase();
    const isDigit = character >= '0' && character <= '9';
    if (!isLetter && !isDigit) end();
    else if (isLetter && lower !== character && wasLower) end();
    if (isLetter || isDigit) word += lower;
    wasLower = isLetter ? lower === character : isDigit;
  }
  end();
  return words;
}
