import type { UsageEvent } from '../../schemas/usage-event.ts';
import { wordsOf } from '../engine/sensitive-operation.ts';

/** What the name of an operation says for telling whether a scope was exercised. */
export interface Operation {
  /** Its words, in the singular. */
  readonly words: ReadonlySet<string>;
  /** False only where its method or its name says that it reads. */
  readonly mayWrite: boolean;
}

const readingMethods = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'READ', 'PROPFIND', 'SEARCH']);
const readingVerbs = new Set([
  'batchget',
  'count',
  'describe',
  'fetch',
  'find',
  'get',
  'head',
  'list',
  'lookup',
  'read',
  'search',
  'show',
  'view',
]);

/** The operation's key: method and route; null when the log tells no route. */
export function operationName({ method, route }: UsageEvent): string | null {
  if (route === null || route === '') return null;
  return method === null || route.startsWith(`${method} `) ? route : `${method} ${route}`;
}

export function operationOf(name: string): Operation {
  const space = name.indexOf(' ');
  const method = space < 0 ? '' : name.slice(0, space);
  const words = wordsOf(name.slice(space + 1)).map(({ word }) => word);
  return {
    words: new Set(words.map(singular)),
    mayWrite: !readingMethods.has(method) && !((method === '' || method === 'POST') && isNamedReading(name)),
  };
}

/** `svc.UserService/GetUser`, `s3.amazonaws.com:ListBuckets`: a verb that leads a name of several words. */
function isNamedReading(name: string): boolean {
  const last = wordsOf(name.slice(Math.max(name.lastIndexOf('/'), name.lastIndexOf(':')) + 1));
  return last.length > 1 && last[0]?.alone === false && readingVerbs.has(last[0].word);
}

export function singular(word: string): string {
  if (word.endsWith('ies') && word.length > 4) return `${word.slice(0, -3)}y`;
  return word.endsWith('s') && !word.endsWith('ss') && word.length > 3 ? word.slice(0, -1) : word;
}
