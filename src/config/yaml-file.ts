import { type Document, isMap, isScalar, LineCounter, type Node, parseDocument, YAMLMap } from 'yaml';
import type { Problem } from './problems.ts';

/** A YAML file that remembers where everything stands. */
export interface YamlFile {
  /** Not empty when it cannot be read as sections at all. */
  readonly problems: readonly Problem[];
  /** Null for an empty file. */
  readonly tree: Record<string, unknown> | null;
  /** `file:line:column` of a key or of its value; undefined for what is not in the file. */
  placeOf(path: readonly PropertyKey[], part: 'key' | 'value'): string | undefined;
}

const mostAliases = 100;

/** `name` is how the file is called in messages, `section` one that may stand at its top. Never throws. */
export function readYaml(
  { name, text }: { readonly name: string; readonly text: string },
  section = 'source',
): YamlFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return `${name}:${line}:${col}`;
  };
  const unreadable = (where: string, why: string) => ({
    where,
    path: '',
    text: `not readable as YAML: ${why}`,
  });
  const problems: Problem[] = document.errors.map(({ pos, message }) => unreadable(at(pos[0]), message));
  let tree: Record<string, unknown> | null = null;
  if (document.contents !== null && !isMap(document.contents))
    problems.push({
      where: `${name}:1:1`,
      path: '',
      text: `expected sections such as \`${section}:\` at the top`,
    });
  else if (problems.length === 0) {
    try {
      tree = document.toJS({ maxAliasCount: mostAliases }) as Record<string, unknown> | null;
    } catch (error) {
      // An alias without its anchor, or too many of them.
      problems.push(unreadable(name, error instanceof Error ? error.message : String(error)));
    }
  }
  return {
    problems,
    tree,
    placeOf(path, part) {
      const node = nodeAt(document, path, part);
      return node?.range ? at(node.range[0]) : undefined;
    },
  };
}

/** The node of a key or of its value. */
function nodeAt(document: Document, path: readonly PropertyKey[], part: 'key' | 'value'): Node | undefined {
  const last = path.at(-1)!;
  const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  if (part === 'key' && parent instanceof YAMLMap) {
    const pair = parent.items.find(({ key }) => isScalar(key) && String(key.value) === String(last));
    return pair?.key as Node | undefined;
  }
  return document.getIn(path, true) as Node | undefined;
}
