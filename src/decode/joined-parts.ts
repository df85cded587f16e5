import { isJson, isWholeLine } from './known-text.ts';
import type { RuntimeLine } from './runtime-line.ts';

const mostOpen = 64;

/**
 * Lines that a container runtime cut, put together within one record. Parts of other containers must not
 * end them: a line that is whole by itself does not, and two that are open at once in one stream cannot
 * be told apart and are given up.
 */
export class JoinedParts {
  readonly #open = new Map<string, string[]>();
  readonly #maxDepth: number;
  /** Lines whose end did not come, or could not be told from another's. */
  lost = 0;

  constructor(maxDepth: number) {
    this.#maxDepth = maxDepth;
  }

  /** Text of a line that is whole now; null while its end is still to come. */
  take({ stream, isCut, text }: RuntimeLine): { readonly text: string; readonly isJoined: boolean } | null {
    const parts = this.#open.get(stream);
    if (parts === undefined) {
      if (!isCut) return { text, isJoined: false };
      if (this.#open.size < mostOpen) this.#open.set(stream, [text]);
      else this.lost += 1;
      return null;
    }
    if (isCut && isJson(text) && isJson(parts[0] as string)) {
      this.#open.delete(stream);
      this.lost += 2;
      return null;
    }
    if (!isCut && isWholeLine(text, this.#maxDepth)) return { text, isJoined: false };
    parts.push(text);
    if (isCut) return null;
    this.#open.delete(stream);
    return { text: parts.join(''), isJoined: true };
  }

  /** Nothing comes any more. */
  end(): void {
    this.lost += this.#open.size;
    this.#open.clear();
  }
}
