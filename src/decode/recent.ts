/**
 * The latest value of each text, in a table of fixed size: where two texts want one place the later has it.
 * A place is told by the length and a few characters, which costs less than a hash of a text that is new
 * in every line; who makes texts collide on purpose only has them worked out again.
 */
export class Recent<V> {
  readonly #texts: string[];
  readonly #values: (V | undefined)[];
  readonly #mask: number;

  /** `places` is a power of two. */
  constructor(places: number) {
    this.#texts = new Array<string>(places).fill('');
    this.#values = new Array<V | undefined>(places).fill(undefined);
    this.#mask = places - 1;
  }

  get(text: string): V | undefined {
    const place = placeOf(text) & this.#mask;
    return this.#texts[place] === text ? this.#values[place] : undefined;
  }

  set(text: string, value: V): void {
    const place = placeOf(text) & this.#mask;
    this.#texts[place] = text;
    this.#values[place] = value;
  }
}

/** Ids differ at their end, names and queries in the middle. */
function placeOf(text: string): number {
  const { length } = text;
  if (length < 4) return length === 0 ? 0 : text.charCodeAt(0) * 31 + text.charCodeAt(length - 1) + length;
  let sum = length;
  sum = Math.imul(sum ^ text.charCodeAt(length - 1), 0x5bd1e995);
  sum = Math.imul(sum ^ text.charCodeAt(length - 2), 0x5bd1e995);
  sum = Math.imul(sum ^ text.charCodeAt(length - 3), 0x5bd1e995);
  sum = Math.imul(sum ^ text.charCodeAt(length - 4), 0x5bd1e995);
  sum = Math.imul(sum ^ text.charCodeAt(length >> 1), 0x5bd1e995);
  sum = Math.imul(sum ^ text.charCodeAt(length >> 2), 0x5bd1e995);
  return sum ^ (sum >>> 15);
}
