import { parseDocument } from 'yaml';
import type { z } from 'zod';
import { type CheckReadable, unreadableFiles } from './named-files.ts';
import { envName, type Option, optionsOf } from './options.ts';
import { dotted, type Locate, nearest, type Problem, problemsOf } from './problems.ts';
import { type ReadSecret, readSecrets } from './secrets.ts';
import { readYaml, type YamlFile } from './yaml-file.ts';

/** Where values may come from, most specific last: file, environment, flags. */
export interface Inputs {
  /** `name` is how the file is called in messages. */
  readonly file?: { readonly name: string; readonly text: string } | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Dotted option path → text as typed. */
  readonly flags: ReadonlyMap<string, string>;
  readonly readSecret: ReadSecret;
  /** Left out: what files other options name is not looked at. */
  readonly checkReadable?: CheckReadable | undefined;
}

/** What is wrong with a configuration whose options are right one by one. */
export type FurtherCheck<T> = (
  config: T,
  from: { readonly locate: Locate; readonly origins: ReadonlyMap<string, Origin> },
) => readonly Problem[];

export type Origin = 'file' | 'environment' | 'flag';

export type Loaded<T> =
  | {
      readonly ok: true;
      readonly config: T;
      /** Dotted path → where it was set; what is absent has its default. */
      readonly origins: ReadonlyMap<string, Origin>;
      readonly warnings: readonly string[];
    }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** Names under BEARERWATCH_ that are not options. */
const otherNames = new Set(['BEARERWATCH_CONFIG', 'BEARERWATCH_DATA']);

/**
 * Joins file, environment and flags (flags win over environment, environment over file) and checks the
 * whole at once. Never throws: everything that is wrong comes back together.
 */
export function loadConfig<S extends z.ZodType>(
  schema: S,
  inputs: Inputs,
  further: FurtherCheck<z.output<S>> = () => [],
): Loaded<z.output<S>> {
  const options = optionsOf(schema);
  const fileName = inputs.file?.name ?? 'configuration';
  const yaml = inputs.file === undefined ? undefined : readYaml(inputs.file);
  const problems: Problem[] = [...(yaml?.problems ?? [])];
  if (problems.length > 0) return { ok: false, problems };

  const tree = withoutEmptySections(yaml?.tree ?? {});
  const origins = new Map<string, Origin>();
  for (const path of leafPaths(tree)) origins.set(dotted(path), 'file');
  const warnings = fromEnvironment(tree, options, inputs.env, origins);
  problems.push(...fromFlags(tree, options, inputs.flags, origins));

  const locate = locator(yaml, fileName, origins);
  const parsed = schema.safeParse(tree);
  if (!parsed.success) problems.push(...problemsOf(schema, tree, parsed.error.issues, locate, envHint));
  else {
    problems.push(...readSecrets(schema, parsed.data, inputs.readSecret, locate));
    if (inputs.checkReadable !== undefined)
      problems.push(...unreadableFiles(schema, parsed.data, inputs.checkReadable, locate));
    problems.push(...further(parsed.data, { locate, origins }));
  }
  if (problems.length > 0 || !parsed.success) return { ok: false, problems };
  return { ok: true, config: parsed.data, origins, warnings };
}

function fromEnvironment(
  tree: Record<string, unknown>,
  options: readonly Option[],
  env: Inputs['env'],
  origins: Map<string, Origin>,
): string[] {
  const byName = new Map(options.map((option) => [option.env, option]));
  const warnings: string[] = [];
  for (const [name, text] of Object.entries(env)) {
    if (!name.startsWith('BEARERWATCH_') || otherNames.has(name) || text === undefined || text === '')
      continue;
    const option = byName.get(name);
    if (option === undefined) {
      // Not an error: Kubernetes injects BEARERWATCH_PORT and the like for a service of that name.
      const hint = nearest(name, [...byName.keys()]);
      warnings.push(
        `environment ${name} is no option and is ignored${hint ? `; did you mean ${hint}?` : ''}`,
      );
      continue;
    }
    set(tree, option, text);
    mark(origins, option, 'environment');
  }
  return warnings;
}

function fromFlags(
  tree: Record<string, unknown>,
  options: readonly Option[],
  flags: ReadonlyMap<string, string>,
  origins: Map<string, Origin>,
): Problem[] {
  const byPath = new Map(options.map((option) => [dotted(option.path), option]));
  const problems: Problem[] = [];
  for (const [path, text] of flags) {
    const option = byPath.get(path);
    if (option === undefined) {
      const hint = nearest(path, [...byPath.keys()]);
      problems.push({
        where: 'flag --set',
        path,
        text: hint === undefined ? 'is no option' : `is no option; did you mean ${hint}?`,
      });
      continue;
    }
    set(tree, option, text);
    mark(origins, option, 'flag');
  }
  return problems;
}

/** What stands within a list is set with the whole list. */
const envHint = (path: readonly PropertyKey[]) =>
  path.some((step) => typeof step === 'number') ? '' : ` (environment: ${envName(path)})`;

/** What is set as a whole replaces what the file said inside it. */
function mark(origins: Map<string, Origin>, option: Option, origin: Origin): void {
  const path = dotted(option.path);
  for (const known of [...origins.keys()]) {
    if (known.startsWith(`${path}.`) || known.startsWith(`${path}[`)) origins.delete(known);
  }
  origins.set(path, origin);
}

function set(tree: Record<string, unknown>, option: Option, text: string): void {
  let section = tree;
  for (const name of option.path.slice(0, -1)) {
    const inner = section[name];
    // A scalar where a section belongs is left for the schema to refuse.
    if (inner !== undefined && (inner === null || typeof inner !== 'object')) return;
    section[name] ??= {};
    section = section[name] as Record<string, unknown>;
  }
  section[option.path.at(-1)!] = fromText(text, option.kind);
}

/** Text as typed → value of the option's kind; what does not fit stays text, and the schema says so. */
export function fromText(text: string, kind: Option['kind']): unknown {
  if (kind === 'string' || kind === 'enum') return text;
  if (kind === 'number') return text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text;
  if (kind === 'boolean') return text === 'true' ? true : text === 'false' ? false : text;
  const looksNested = text.startsWith('[') || text.startsWith('{');
  if (kind === 'array' && !looksNested) return text.split(',').map((part) => part.trim());
  const document = parseDocument(text);
  return document.errors.length > 0 ? text : document.toJS();
}

/** `alerts:` with nothing under it means the section's defaults. */
function withoutEmptySections(tree: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(tree).filter(([, value]) => value !== null));
}

function leafPaths(value: unknown, path: readonly PropertyKey[] = []): readonly (readonly PropertyKey[])[] {
  if (Array.isArray(value))
    return [path, ...value.flatMap((item, index) => leafPaths(item, [...path, index]))];
  if (value !== null && typeof value === 'object') {
    return Object.entries(value).flatMap(([key, inner]) => leafPaths(inner, [...path, key]));
  }
  return [path];
}

function locator(yaml: YamlFile | undefined, fileName: string, origins: ReadonlyMap<string, Origin>): Locate {
  return (path, part) => {
    for (let length = path.length; length > 0; length--) {
      const prefix = path.slice(0, length);
      const origin = origins.get(dotted(prefix));
      if (origin === 'environment') return `environment ${envName(prefix)}`;
      if (origin === 'flag') return `flag for ${dotted(prefix)}`;
      const place = yaml?.placeOf(prefix, part);
      if (place !== undefined) return place;
    }
    return fileName;
  };
}
