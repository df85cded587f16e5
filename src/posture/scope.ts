import { wordsOf } from '../engine/sensitive-operation.ts';
import { singular } from './operation.ts';

/** What the name of a scope says: which kind of access, to what. */
export interface Scope {
  readonly access: 'read' | 'write' | 'unclear';
  /** Names of what it opens, in the singular. */
  readonly nouns: readonly string[];
}

const set = (words: string) => new Set(words.split(' '));

const writing = set(
  'admin administer create crud delete destroy edit full grant insert invite manage modify patch post publish put readwrite remove rw send set submit update upload write writer',
);
const reading = set('fetch get list read reader readonly search show view viewer');
/** Words that name nothing in particular. */
const empty = set(
  'access all any api app auth com default email http https io net offline only openid org own permission profile scope self user www',
);

export function scopeOf(name: string): Scope {
  const words = wordsOf(name.slice(0, 256)).map(({ word }) => word);
  const access = words.some((word) => writing.has(word))
    ? 'write'
    : words.some((word) => reading.has(word))
      ? 'read'
      : 'unclear';
  const nouns = words.filter(
    (word) => word.length > 1 && !writing.has(word) && !reading.has(word) && !empty.has(word),
  );
  return { access, nouns: [...new Set(nouns.map(singular))] };
}
