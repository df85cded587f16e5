import { closest, distance } from 'fastest-levenshtein';
import type { z } from 'zod';
import { isSecret } from './options.ts';
import { expectation, fields, schemaAt } from './schema-walk.ts';

/** One thing that is wrong, told so that it can be put right without looking anything up. */
export interface Problem {
  /** `bearerwatch.yaml:4:3`, `environment BEARERWATCH_…`, `flag --set alerts.perDay`. */
  readonly where: string;
  /** Dotted path of the option; empty for the file as a whole. */
  readonly path: string;
  /** What is wrong and what would be right. */
  readonly text: string;
}

/** One line a problem, with the environment name of the option, since that is the other way to set it. */
export function problemText({ where, path, text }: Problem): string {
  return path === '' ? `${where}: ${text}` : `${where}: ${path} ${text}`;
}

/** Says where the value of an option came from; for a missing one, its nearest parent that is there. */
export type Locate = (path: readonly PropertyKey[], part: 'key' | 'value') => string;

type Issue = z.core.$ZodIssue;

/** All of zod's issues as problems, unknown names with the nearest right one. `otherWay` says how else a missing option can be set. */
export function problemsOf(
  schema: z.ZodType,
  value: unknown,
  issues: readonly Issue[],
  locate: Locate,
  otherWay: (path: readonly PropertyKey[]) => string = () => '',
): Problem[] {
  return issues.flatMap((issue): Problem[] => {
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => unknownOption(schema, issue.path, key, locate));
    }
    const path = dotted(issue.path);
    const given = valueAt(value, issue.path);
    if (given === undefined) {
      const text = `is missing; give ${expected(schema, issue)}${otherWay(issue.path)}`;
      return [{ where: locate(issue.path, 'key'), path, text }];
    }
    return [{ where: locate(issue.path, 'value'), path, text: wrongValue(schema, issue, given) }];
  });
}

function unknownOption(
  schema: z.ZodType,
  parent: readonly PropertyKey[],
  key: string,
  locate: Locate,
): Problem {
  const at = schemaAt(schema, parent);
  const names = at === undefined ? [] : [...fields(at).keys()];
  const shown = dotted([...parent, cut(key)]);
  const hint = nearest(key, names);
  const text =
    hint !== undefined
      ? `is no option; did you mean ${dotted([...parent, hint])}?`
      : `is no option; ${names.length === 0 ? 'nothing may be set here' : `here may stand: ${names.join(', ')}`}`;
  return { where: locate([...parent, key], 'key'), path: shown, text };
}

function wrongValue(schema: z.ZodType, issue: Issue, given: unknown): string {
  // A refinement knows better than the type what is wrong.
  if (issue.code === 'custom') return issue.message;
  const parent = schemaAt(schema, issue.path.slice(0, -1));
  const secret = parent !== undefined && isSecret(String(issue.path.at(-1)), fields(parent));
  const wrong = `is ${secret ? 'not right' : show(given)}; give ${expected(schema, issue)}`;
  const detail =
    issue.code === 'invalid_format' && issue.format === 'regex' ? ` matching ${issue.pattern ?? ''}` : '';
  return `${wrong}${detail}`;
}

function expected(schema: z.ZodType, issue: Issue): string {
  if (issue.code === 'invalid_union' && 'options' in issue && Array.isArray(issue.options)) {
    return `one of ${issue.options.join(', ')}`;
  }
  const at = schemaAt(schema, issue.path);
  if (at === undefined) return issue.message;
  const minimum =
    issue.code === 'too_small' && issue.origin !== 'number' ? ` with at least ${issue.minimum} of them` : '';
  const text = issue.code === 'too_small' && issue.origin === 'string' ? 'text that is not empty' : undefined;
  return text ?? `${expectation(at)}${minimum}`;
}

/** The name a typing error was most likely meant to be; undefined when none is close. */
export function nearest(name: string, names: readonly string[]): string | undefined {
  if (names.length === 0 || name.length > 100) return undefined;
  const folded = new Map(names.map((n) => [fold(n), n] as const));
  const same = folded.get(fold(name));
  if (same !== undefined) return same;
  const found = closest(fold(name), [...folded.keys()]);
  // Two letters swapped are a distance of two.
  const limit = Math.max(name.length < 4 ? 1 : 2, Math.floor(Math.max(name.length, found.length) / 3));
  return distance(fold(name), found) <= limit ? folded.get(found) : undefined;
}

const fold = (name: string) => name.toLowerCase().replace(/[^a-z0-9]/g, '');

export function dotted(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (text, part) =>
      typeof part === 'number' ? `${text}[${part}]` : text === '' ? String(part) : `${text}.${String(part)}`,
    '',
  );
}

export function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (at, key) =>
      at !== null && typeof at === 'object' ? (at as Record<PropertyKey, unknown>)[key] : undefined,
    value,
  );
}

/** A value is shown by its kind when it may be a secret or is long: only short scalars are repeated. */
function show(value: unknown): string {
  if (typeof value === 'string') return value.length > 40 ? 'a long text' : JSON.stringify(value);
  if (Array.isArray(value)) return 'a list';
  if (value !== null && typeof value === 'object') return 'a section';
  return String(value);
}

const cut = (name: string) => (name.length > 60 ? `${name.slice(0, 60)}…` : name);
