import type { KeyedHash } from './hmac.ts';
import { Recent } from './recent.ts';
import { sweep } from './redact.ts';
import { flatName, isSecretName } from './secret-names.ts';
import { clean } from './text.ts';

const mostParameters = 64;
const longestPath = 1024;

/** What a request target says, with the values of its query gone. */
export interface Target {
  readonly path: string;
  readonly query: Query;
}

export interface Query {
  readonly keys: readonly string[];
  readonly secretKeys: readonly string[];
  /** First value of a credential parameter, for the credential's hash only. */
  readonly secret: { readonly name: string; readonly value: string } | null;
  readonly pageNumber: number | null;
  readonly pageCursor: string | null;
  /** Value of `operationName`, as it came. */
  readonly operation: string | null;
}

const none: readonly string[] = Object.freeze([]);
const noQuery: Query = {
  keys: none,
  secretKeys: none,
  secret: null,
  pageNumber: null,
  pageCursor: null,
  operation: null,
};
const pageNames = new Set(['page', 'pageno', 'pagenumber', 'p']);
const offsetNames = new Set(['offset', 'start', 'skip', 'from', 'startindex']);
const limitNames = new Set(['limit', 'count', 'size', 'pagesize', 'perpage', 'maxresults', 'first', 'top']);
const cursorNames = new Set([
  'cursor',
  'after',
  'before',
  'pagetoken',
  'nexttoken',
  'continuationtoken',
  'marker',
  'startingafter',
  'continuation',
  'scrollid',
]);

/**
 * Splits a path, an absolute URL or a request target into path and names of parameters. `isHarmless`: it
 * holds neither escapes nor characters that must go.
 */
export function readTarget(target: string, hash: KeyedHash, isHarmless: boolean): Target {
  const mark = target.indexOf('?');
  const end = mark < 0 ? endOfPath(target) : mark;
  const raw = pathOf(target.slice(0, end));
  const path = isHarmless ? raw.slice(0, longestPath) : clean(decodePath(raw), longestPath);
  if (mark < 0) return { path, query: noQuery };
  const fragment = target.indexOf('#', mark);
  const query = target.slice(mark + 1, fragment < 0 ? undefined : fragment);
  const known = knownQueries.get(query);
  if (known !== undefined) return { path, query: known };
  const read = readQuery(query, hash);
  if (read.secret === null && read.pageCursor === null && query.length <= longestKnownQuery)
    knownQueries.set(query, read);
  return { path, query: read };
}

/** Short queries come again and again; those with a secret or a cursor are not kept. */
const knownQueries = new Recent<Query>(4096);
const longestKnownQuery = 128;

function endOfPath(target: string): number {
  const fragment = target.indexOf('#');
  return fragment < 0 ? target.length : fragment;
}

/** Scheme, user info and host go; what is left starts with a slash. */
function pathOf(target: string): string {
  const scheme = target.indexOf('://');
  if (scheme < 0 || scheme > 10) return target;
  const slash = target.indexOf('/', scheme + 3);
  return slash < 0 ? '/' : target.slice(slash);
}

/** Once, and without the escapes that would make new separators. */
function decodePath(path: string): string {
  if (!path.includes('%')) return path;
  try {
    return decodeURI(path);
  } catch {
    // Broken escapes are an attacker's or a truncation's: the raw text serves as well.
    return path;
  }
}

function readQuery(query: string, hash: KeyedHash): Query {
  const keys: string[] = [];
  const secretKeys: string[] = [];
  let secret: Query['secret'] = null;
  let page: number | null = null;
  let offset: number | null = null;
  let limit: number | null = null;
  let cursor: string | null = null;
  let operation: string | null = null;
  // The names and values are cut out one by one: a list of the parts would be made for every line.
  for (let start = 0, parts = 0; start < query.length && parts < mostParameters; parts += 1) {
    const and = query.indexOf('&', start);
    const end = and < 0 ? query.length : and;
    const from = start;
    start = end + 1;
    if (end === from) continue;
    const sign = query.indexOf('=', from);
    const equals = sign < 0 || sign > end ? end : sign;
    const { name, kind, flat } = nameOf(query.slice(from, equals));
    const value = query.slice(Math.min(equals + 1, end), end);
    if (kind === 'page') page = whole(value);
    else if (kind === 'offset') offset = whole(value);
    else if (kind === 'limit') limit = whole(value);
    else if (kind === 'cursor' && value !== '') cursor = hash.hash('cursor', value);
    else if (kind === 'operation') operation = decode(value);
    else if (kind === 'secret' && value !== '') {
      secretKeys.push(name);
      secret ??= { name: flat, value: decode(value) };
    }
    keys.push(name);
  }
  const pageNumber = page ?? (offset === null ? null : Math.floor(offset / Math.max(1, limit ?? 20)) + 1);
  return { keys, secretKeys, secret, pageNumber, pageCursor: cursor, operation };
}

interface Name {
  readonly name: string;
  readonly flat: string;
  readonly kind: 'opaque' | 'page' | 'offset' | 'limit' | 'cursor' | 'secret' | 'operation' | 'other';
}

/** An API has few names of parameters. */
const knownNames = new Recent<Name>(1024);
const longestName = 40;

function nameOf(raw: string): Name {
  const known = knownNames.get(raw);
  if (known !== undefined) return known;
  const name = clean(decode(raw), 128);
  const flat = flatName(name);
  const kind = kindOf(name, flat);
  // A value without a name: nothing of it is kept.
  if (kind === 'opaque') return { name: '{value}', flat: '', kind };
  const read = { name, flat, kind };
  if (raw.length <= longestName) knownNames.set(raw, read);
  return read;
}

function kindOf(name: string, flat: string): Name['kind'] {
  if (isOpaque(name)) return 'opaque';
  if (cursorNames.has(flat)) return 'cursor';
  if (isSecretName(name)) return 'secret';
  if (pageNames.has(flat)) return 'page';
  if (offsetNames.has(flat)) return 'offset';
  if (flat === 'operationname') return 'operation';
  return limitNames.has(flat) ? 'limit' : 'other';
}

/** Names are short words; longer or mixed ones are values that lost their name. */
function isOpaque(name: string): boolean {
  return name.length > longestName || (name.length >= 16 && sweep(name).found > 0);
}

function whole(value: string): number | null {
  const { length } = value;
  if (length === 0 || length > 15) return null;
  let parsed = 0;
  for (let i = 0; i < length; i += 1) {
    const digit = value.charCodeAt(i) - 48;
    if (digit < 0 || digit > 9) return null;
    parsed = parsed * 10 + digit;
  }
  return parsed;
}

function decode(value: string): string {
  if (!value.includes('%') && !value.includes('+')) return value;
  try {
    return decodeURIComponent(value.replaceAll('+', ' '));
  } catch {
    // Broken escapes are an attacker's or a truncation's: the raw text serves as well.
    return value;
  }
}
