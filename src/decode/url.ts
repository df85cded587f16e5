import type { KeyedHash } from './hmac.ts';
import { sweep } from './redact.ts';
import { flatName, isSecretName } from './secret-names.ts';
import { clean } from './text.ts';

const mostParameters = 64;
const longestPath = 1024;

/** What a request target says, with the values of its query gone. */
export interface Target {
  path: string;
  queryKeys: readonly string[];
  secretQueryKeys: readonly string[];
  /** First value of a credential parameter, for the credential's hash only. */
  secret: { readonly name: string; readonly value: string } | null;
  pageNumber: number | null;
  pageCursor: string | null;
}

const none: readonly string[] = Object.freeze([]);
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

/** Splits a path, an absolute URL or a request target into path and names of parameters. */
export function readTarget(target: string, hash: KeyedHash): Target {
  const mark = target.indexOf('?');
  const end = mark < 0 ? endOfPath(target) : mark;
  const path = clean(decodePath(pathOf(target.slice(0, end))), longestPath);
  if (mark < 0)
    return { path, queryKeys: none, secretQueryKeys: none, secret: null, pageNumber: null, pageCursor: null };
  const fragment = target.indexOf('#', mark);
  const query = target.slice(mark + 1, fragment < 0 ? undefined : fragment);
  const known = knownQueries.get(query);
  if (known !== undefined) return { path, ...known };
  const read = readQuery(query, hash);
  if (read.secret === null && read.pageCursor === null && query.length <= longestKnownQuery) {
    if (knownQueries.size >= queriesKept) knownQueries.clear();
    knownQueries.set(query, read);
  }
  return { path, ...read };
}

/** Short queries come again and again; those with a secret or a cursor are not kept. */
const knownQueries = new Map<string, Omit<Target, 'path'>>();
const longestKnownQuery = 128;
const queriesKept = 5_000;

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

function readQuery(query: string, hash: KeyedHash): Omit<Target, 'path'> {
  const queryKeys: string[] = [];
  const secretQueryKeys: string[] = [];
  let secret: Target['secret'] = null;
  let page: number | null = null;
  let offset: number | null = null;
  let limit: number | null = null;
  let cursor: string | null = null;
  for (const part of query.split('&', mostParameters)) {
    if (part === '') continue;
    const equals = part.indexOf('=');
    const name = clean(decode(equals < 0 ? part : part.slice(0, equals)), 128);
    const value = equals < 0 ? '' : part.slice(equals + 1);
    if (isOpaque(name)) {
      // A value without a name: nothing of it is kept.
      queryKeys.push('{value}');
      continue;
    }
    const flat = flatName(name);
    if (!cursorNames.has(flat) && isSecretName(name)) {
      if (value !== '') {
        secretQueryKeys.push(name);
        secret ??= { name: flat, value: decode(value) };
      }
    } else if (pageNames.has(flat)) page = whole(value);
    else if (offsetNames.has(flat)) offset = whole(value);
    else if (limitNames.has(flat)) limit = whole(value);
    else if (cursorNames.has(flat) && value !== '') cursor = hash.hash('cursor', value);
    queryKeys.push(name);
  }
  const pageNumber = page ?? (offset === null ? null : Math.floor(offset / Math.max(1, limit ?? 20)) + 1);
  return { queryKeys, secretQueryKeys, secret, pageNumber, pageCursor: cursor };
}

/** Names are short words; longer or mixed ones are values that lost their name. */
function isOpaque(name: string): boolean {
  return name.length > 40 || (name.length >= 16 && sweep(name).found > 0);
}

function whole(value: string): number | null {
  if (value === '' || value.length > 15) return null;
  const parsed = Number(value);
  return Number.isInteger(parsed) && parsed >= 0 ? parsed : null;
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
