import { reader } from './formats/named.ts';
import { isMissing, type JsonObject } from './text.ts';

/** Looks up the value at a path; null when the line says nothing there. */
export type ValueAt = (path: string) => unknown;

/**
 * Makes a look-up for paths known beforehand: a line is walked once for all of them. A path is names
 * with dots between them, as one dotted key, as objects within objects, or as any mixture; from the
 * first step that is a number on it counts into lists, one step a level. Only a line's own properties
 * are ever read. The look-up holds until the next line.
 */
export function linePaths(paths: Iterable<string>): (line: JsonObject) => ValueAt {
  const places = [...new Set(paths)].map(placed);
  const roots = [...new Set(places.map(({ root }) => root))];
  const find = reader(Object.fromEntries(roots.map((root, n) => [`p${n}`, [root]])));
  const slots = new Map(
    places.map(({ path, root, rest }) => [path, { slot: `p${roots.indexOf(root)}`, rest }]),
  );
  return (line) => {
    const found = find(line);
    return (path) => {
      const known = slots.get(path);
      if (known === undefined) return null;
      const value = found[known.slot];
      return known.rest.length === 0 ? value : within(value, known.rest);
    };
  };
}

interface Placed {
  readonly path: string;
  /** Up to the first step that is a number. */
  readonly root: string;
  readonly rest: readonly string[];
}

function placed(path: string): Placed {
  const steps = path.split('.');
  // The first step is a key of the line whatever it looks like: a line is no list.
  const at = steps.findIndex((step, n) => n > 0 && isIndex(step));
  return at < 0
    ? { path, root: path, rest: [] }
    : { path, root: steps.slice(0, at).join('.'), rest: steps.slice(at) };
}

function isIndex(step: string): boolean {
  if (step.length > 4) return false;
  for (let i = 0; i < step.length; i += 1) {
    const code = step.charCodeAt(i);
    if (code < 48 || code > 57) return false;
  }
  return true;
}

function within(value: unknown, steps: readonly string[]): unknown {
  let at = value;
  for (const step of steps) {
    if (typeof at !== 'object' || at === null) return null;
    const key = Array.isArray(at) ? String(Number(step)) : step;
    if (!Object.hasOwn(at, key)) return null;
    at = (at as JsonObject)[key];
  }
  return isMissing(at) ? null : at;
}
