import type { Operation } from './operation.ts';
import { scopeOf } from './scope.ts';

/** What a credential's operations say of one of its scopes. */
export type Exercise =
  | 'used'
  /** It opens writing, and nothing that may write was called at all. */
  | 'never-writes'
  /** The log knows operations of that name; this credential called none of them in that way. */
  | 'never-touched'
  | 'unclear';

/** `knownWords` are those of every operation in the log: a name that is in none of them says nothing. */
export function exerciseOf(
  scopeName: string,
  operations: readonly Operation[],
  knownWords: ReadonlySet<string>,
): Exercise {
  const { access, nouns } = scopeOf(scopeName);
  if (access === 'write' && !operations.some(({ mayWrite }) => mayWrite)) return 'never-writes';
  const known = nouns.filter((noun) => knownWords.has(noun));
  if (known.length === 0) return 'unclear';
  const touched = operations.some(
    ({ words, mayWrite }) => (access !== 'write' || mayWrite) && known.some((noun) => words.has(noun)),
  );
  return touched ? 'used' : 'never-touched';
}
