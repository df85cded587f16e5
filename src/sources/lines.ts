/** Splits byte chunks into lines without decoding them; holds at most `maxBytes` of an unfinished one. */
export class LineSplitter {
  readonly #maxBytes: number;
  #rest: Uint8Array[] = [];
  #restBytes = 0;
  #heldBytes = 0;
  #pushedBytes = 0;
  #givenBytes = 0;

  /** A longer line is cut there: the decoder refuses it as too long, memory stays bounded. */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Bytes of the line that is not finished yet. */
  get heldBytes(): number {
    return this.#heldBytes;
  }

  get givenBytes(): number {
    return this.#givenBytes;
  }

  /** Whole lines of this chunk, without their newline. */
  *push(chunk: Uint8Array): Generator<Uint8Array> {
    let start = 0;
    for (;;) {
      const end = chunk.indexOf(0x0a, start);
      if (end < 0) break;
      this.#givenBytes = this.#pushedBytes + end + 1;
      yield this.#finish(chunk.subarray(start, end));
      start = end + 1;
    }
    this.#heldBytes = start === 0 ? this.#heldBytes + chunk.byteLength : chunk.byteLength - start;
    this.#hold(chunk.subarray(start));
    this.#pushedBytes += chunk.byteLength;
  }

  /** The last line, when the input did not end with a newline. */
  flush(): Uint8Array | null {
    return this.#restBytes === 0 ? null : this.#finish(new Uint8Array(0));
  }

  #hold(part: Uint8Array): void {
    const room = this.#maxBytes + 1 - this.#restBytes;
    if (room <= 0 || part.byteLength === 0) return;
    const kept = part.slice(0, room);
    this.#rest.push(kept);
    this.#restBytes += kept.byteLength;
  }

  #finish(last: Uint8Array): Uint8Array {
    if (this.#restBytes === 0) return withoutReturn(last.subarray(0, this.#maxBytes + 1));
    this.#hold(last);
    const line = Buffer.concat(this.#rest);
    this.#rest = [];
    this.#restBytes = 0;
    return withoutReturn(line);
  }
}

function withoutReturn(line: Uint8Array): Uint8Array {
  return line[line.byteLength - 1] === 0x0d ? line.subarray(0, -1) : line;
}
