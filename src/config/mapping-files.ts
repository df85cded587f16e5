import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Mapping, mappingSchema } from '../../schemas/mapping.ts';
import { type Problem, problemsOf } from './problems.ts';
import { readYaml } from './yaml-file.ts';

/** A mapping and how its file is called in messages. */
export interface MappingFile {
  readonly file: string;
  readonly mapping: Mapping;
}

export interface MappingFiles {
  readonly mappings: readonly MappingFile[];
  /** Everything that is wrong in any of them. */
  readonly problems: readonly Problem[];
}

/** Longer is no mapping: it is the log itself, named by mistake. */
const largestFileBytes = 1_048_576;

/**
 * Reads mapping files in the order given; of a folder its `.yaml` and `.yml` files by name. `taken` are
 * names no mapping may have. Never throws: everything that is wrong comes back together.
 */
export function readMappings(paths: readonly string[], taken: readonly string[]): MappingFiles {
  const problems: Problem[] = [];
  const mappings: MappingFile[] = [];
  for (const path of paths) {
    try {
      for (const file of filesAt(path)) {
        const read = parseMapping(file, readFileSync(file, 'utf8'));
        if ('problems' in read) problems.push(...read.problems);
        else mappings.push(read);
      }
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      problems.push({ where: path, path: '', text: `mapping cannot be read: ${why}` });
    }
  }
  return { mappings, problems: [...problems, ...namesTwice(mappings, taken)] };
}

/** `text` as a mapping, or all that is wrong with it. Never throws. */
export function parseMapping(
  file: string,
  text: string,
): MappingFile | { readonly problems: readonly Problem[] } {
  const yaml = readYaml({ name: file, text }, 'fields');
  if (yaml.problems.length > 0) return { problems: yaml.problems };
  const tree = yaml.tree ?? {};
  const parsed = mappingSchema.safeParse(tree);
  if (parsed.success) return { file, mapping: parsed.data };
  const locate = (path: readonly PropertyKey[], part: 'key' | 'value') => {
    for (let length = path.length; length > 0; length -= 1) {
      const place = yaml.placeOf(path.slice(0, length), part);
      if (place !== undefined) return place;
    }
    return file;
  };
  return { problems: problemsOf(mappingSchema, tree, parsed.error.issues, locate) };
}

function filesAt(path: string): readonly string[] {
  const stat = statSync(path);
  if (!stat.isDirectory()) {
    const { size } = stat;
    if (size > largestFileBytes) throw new Error(`${size} bytes is too long for a mapping; is it a log?`);
    return [path];
  }
  const names = readdirSync(path).filter((name) => name.endsWith('.yaml') || name.endsWith('.yml'));
  if (names.length === 0) throw new Error('the folder has no .yaml file');
  return names.sort().map((name) => join(path, name));
}

function namesTwice(mappings: readonly MappingFile[], taken: readonly string[]): Problem[] {
  const known = new Map(taken.map((name) => [name, 'a built-in format']));
  return mappings.flatMap(({ file, mapping: { name } }) => {
    const other = known.get(name);
    known.set(name, file);
    return other === undefined
      ? []
      : [{ where: file, path: 'name', text: `is ${name}, which is that of ${other}; choose another` }];
  });
}
