import { isCutHead, type Part, partOf } from '../decode/part-of.ts';

interface Held<T> {
  item: T;
  readonly part: Part | null;
  /** It is in the last part of its line now. */
  isJoined: boolean;
}

const mostHeld = 256;
const mostHeldBytes = 1 << 20;
const mostOpen = 16;
/** Looking for a runtime's marks in JSON reads all of it: one record in so many, until one has them. */
const looksEvery = 16;
const newline = Buffer.from('\n');
const tag = Buffer.from('"logtag"');
/** In Docker's own order the log stands right before it. */
const dockerMark = Buffer.from('","stream":"std');
const dockerEnd = Buffer.from('\\n');
const marks = [tag, dockerMark, Buffer.from(' stdout '), Buffer.from(' stderr ')];
const cutMarks = [Buffer.from(' stdout P '), Buffer.from(' stderr P ')];

/**
 * The records of one file or partition, with the lines that a container runtime cut in one piece again.
 * From the first part to the last nothing is given out, so that no position lies within a line. A line
 * whose end does not come within `mostHeld` records is given out in its parts, and so are two lines that
 * are open at once in one stream: which end is whose cannot be told.
 */
export class CutLines<T extends { readonly value: Uint8Array }> {
  #held: Held<T>[] = [];
  #heldBytes = 0;
  readonly #open = new Map<string, Held<T>[]>();
  #seen = 0;
  #hasMarks = false;

  /** First of the items that wait: a reader that begins again has to begin there. */
  get first(): T | undefined {
    return this.#held[0]?.item;
  }

  /** Nothing waits and the item is no part: it is to be given out as it is. */
  passes({ value }: T): boolean {
    return this.#held.length === 0 && !this.#isCut(value);
  }

  /** Of an item that does not pass: all that can be given out now, in order. */
  take(item: T): readonly T[] {
    const held = { item, part: partOf(item.value), isJoined: false };
    this.#held.push(held);
    this.#heldBytes += item.value.byteLength;
    if (held.part !== null) this.#follow(held, held.part);
    const isFull = this.#held.length >= mostHeld || this.#heldBytes > mostHeldBytes;
    return this.#open.size === 0 || isFull ? this.flush() : [];
  }

  /** All that waits: nothing more comes. */
  flush(): readonly T[] {
    const items = this.#held.filter(({ isJoined }) => !isJoined).map((held) => held.item);
    this.#open.clear();
    this.#held = [];
    this.#heldBytes = 0;
    return items;
  }

  #follow(held: Held<T>, part: Part): void {
    const parts = this.#open.get(part.stream);
    if (parts === undefined) {
      if (part.isCut && this.#open.size < mostOpen) this.#open.set(part.stream, [held]);
    } else if (part.isCut && part.isStart && parts[0]?.part?.isStart === true) {
      this.#open.delete(part.stream);
    } else if (part.isCut) {
      parts.push(held);
    } else if (!part.isWhole) {
      this.#open.delete(part.stream);
      held.item = { ...held.item, value: joined(parts, held, part) };
      for (const each of parts) each.isJoined = true;
    }
  }

  #isCut(value: Uint8Array): boolean {
    if (value[0] !== 0x7b) return isCutHead(value);
    const looks = this.#hasMarks || this.#seen < looksEvery || this.#seen % looksEvery === 0;
    this.#seen += 1;
    if (!looks) return false;
    const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    this.#hasMarks ||= marks.some((mark) => bytes.includes(mark));
    return this.#hasMarks && hasCutMark(bytes) && partOf(value)?.isCut === true;
  }
}

function hasCutMark(bytes: Buffer): boolean {
  const at = bytes.indexOf(tag);
  if (at >= 0 && /^\s*:\s*"P/.test(bytes.toString('latin1', at + tag.length, at + tag.length + 8)))
    return true;
  return hasDockerCut(bytes) || cutMarks.some((mark) => bytes.includes(mark));
}

/** A log that does not end with a newline. */
function hasDockerCut(bytes: Buffer): boolean {
  const end = bytes.indexOf(dockerMark);
  return end > 0 && !bytes.subarray(end - dockerEnd.length, end).equals(dockerEnd);
}

/** One line as the runtime would have written it; of shippers' envelopes one a line, which the decoder joins. */
function joined<T extends { readonly value: Uint8Array }>(
  parts: readonly Held<T>[],
  last: Held<T>,
  { headBytes }: Part,
): Uint8Array {
  const values = [...parts, last].map(({ item }) => item.value);
  if (headBytes === null) return Buffer.concat(values.flatMap((value) => [value, newline]));
  const texts = [...parts, last].map(({ item, part }) =>
    withoutNewline(item.value).subarray(part?.headBytes ?? 0),
  );
  return Buffer.concat([last.item.value.subarray(0, headBytes), ...texts]);
}

function withoutNewline(value: Uint8Array): Uint8Array {
  if (value.at(-1) !== 0x0a) return value;
  return value.subarray(0, value.at(-2) === 0x0d ? -2 : -1);
}
