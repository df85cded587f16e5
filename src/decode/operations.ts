const mostNames = 200;
const mostEndpoints = 1_000;
const longestName = 64;

/**
 * Names of GraphQL operations, which tell apart what one path answers. Callers choose them: only what the
 * language takes for a name counts, and beyond two hundred at one endpoint all others are one.
 */
export class Operations {
  readonly #names = new Map<string, Set<string>>();

  /** The name as a part of the endpoint's route; null where it is none. */
  of(endpoint: string, name: string | null): string | null {
    if (name === null || !isName(name)) return null;
    let known = this.#names.get(endpoint);
    if (known === undefined) {
      if (this.#names.size >= mostEndpoints) return '{var}';
      known = new Set();
      this.#names.set(endpoint, known);
    }
    if (known.has(name)) return name;
    if (known.size >= mostNames) return '{var}';
    known.add(name);
    return name;
  }
}

/** A path that answers GraphQL, by its last word: elsewhere a parameter of that name may mean anything. */
export function answersGraphql(path: string): boolean {
  const end = path.endsWith('/') ? path.length - 1 : path.length;
  return path.endsWith('graphql', end) || path.endsWith('/gql', end);
}

function isName(text: string): boolean {
  if (text.length === 0 || text.length > longestName) return false;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    const isLetter = (code >= 65 && code <= 90) || (code >= 97 && code <= 122) || code === 95;
    if (!isLetter && !(i > 0 && code >= 48 && code <= 57)) return false;
  }
  return true;
}
