/** Columns summed at a time, two to a vector: half of the processor's vector registers are sums. */
const block = 16;
const vectors = block / 2;
const doubleBytes = 8;
const pageBytes = 65_536;

/** What is used of it; TypeScript keeps its types with those of browsers. */
declare const WebAssembly: {
  readonly Module: new (code: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: object };
};

/**
 * Sums of weighted inputs for many columns at once: `bias + value × weight + value × weight …`, each column's in
 * the order of the inputs; and the total of the sums above 0, each by its own weight, in the order of the columns.
 * The loop is a WebAssembly function, because two columns go into one vector instruction there and none can be
 * written in JavaScript: a quarter of the time, and to the last bit what the plain loop gives, as nothing is fused
 * and no order is changed.
 */
export class ColumnSums {
  readonly biases: Float64Array;
  /** What each column's sum weighs in the total where it is above 0. */
  readonly outputs: Float64Array;
  /** The inputs that are not 0: their values, and where their weights lie in a block (`place`). */
  readonly values: Float64Array;
  readonly places: Uint32Array;
  /** Sums the first `count` of `values`; returns `total` and each column's weighted sum above 0, added in order. */
  readonly run: (count: number, total: number) => number;
  readonly #weights: Float64Array;
  readonly #inputs: number;

  constructor(columns: number, inputs: number) {
    // A model without hidden units has a block of nothing: the loop ends after a block, not before one.
    const padded = Math.max(1, Math.ceil(columns / block)) * block;
    const biasesAt = 0;
    const outputsAt = biasesAt + padded * doubleBytes;
    const valuesAt = outputsAt + padded * doubleBytes;
    const weightsAt = valuesAt + inputs * doubleBytes;
    const placesAt = weightsAt + padded * inputs * doubleBytes;
    const pages = Math.ceil((placesAt + inputs * 4) / pageBytes);
    const code = moduleOf(pages, {
      biasesAt,
      outputsAt,
      valuesAt,
      weightsAt,
      placesAt,
      columns: padded,
      inputs,
    });
    const { memory, run } = new WebAssembly.Instance(new WebAssembly.Module(code)).exports as {
      memory: { readonly buffer: ArrayBuffer };
      run: (count: number, total: number) => number;
    };
    this.run = run;
    this.biases = new Float64Array(memory.buffer, biasesAt, padded);
    this.outputs = new Float64Array(memory.buffer, outputsAt, padded);
    this.values = new Float64Array(memory.buffer, valuesAt, inputs);
    this.places = new Uint32Array(memory.buffer, placesAt, inputs);
    this.#weights = new Float64Array(memory.buffer, weightsAt, padded * inputs);
    this.#inputs = inputs;
  }

  setWeight(column: number, input: number, weight: number): void {
    const first = Math.floor(column / block) * block * this.#inputs;
    this.#weights[first + input * block + (column % block)] = weight;
  }

  /** What `places` says of an input. */
  static place(input: number): number {
    return input * block * doubleBytes;
  }
}

interface Memory {
  readonly biasesAt: number;
  readonly outputsAt: number;
  readonly valuesAt: number;
  readonly weightsAt: number;
  readonly placesAt: number;
  readonly columns: number;
  readonly inputs: number;
}

// Instructions by their names in the WebAssembly specification, as far as they are needed.
const leave = 0x0b;
const loop = [0x03, 0x40];
const openBlock = [0x02, 0x40];
const branchIf = (depth: number) => [0x0d, depth];
const get = (local: number) => [0x20, local];
const set = (local: number) => [0x21, local];
const tee = (local: number) => [0x22, local];
const constant = (value: number) => [0x41, ...signed(value)];
const [equal, lessUnsigned, add, shiftLeft] = [0x46, 0x49, 0x6a, 0x74];
const load32 = [0x28, 2, 0];
const loadVector = (offset: number) => [0xfd, 0x00, 3, ...unsigned(offset)];
const loadTwice = [0xfd, 0x0a, 3, 0];
const addVectors = [0xfd, 0xf0, 0x01];
const multiplyVectors = [0xfd, 0xf2, 0x01];
const noVector = [0xfd, 0x0c, ...new Array<number>(16).fill(0)];
/** The second where it is larger than the first, so that no number at all counts as the first. */
const largerVector = [0xfd, 0xf7, 0x01];
const lane = (number: number) => [0xfd, 0x21, number];
const addDoubles = 0xa0;
const step = (local: number, by: number) => [...get(local), ...constant(by), add, ...tee(local)];

/** `run(count)` and the memory it works in. */
function moduleOf(pages: number, at: Memory): Uint8Array<ArrayBuffer> {
  const [count, total, biases, weights, place, value, end, from] = [0, 1, 2, 3, 4, 5, 6, 7];
  const [factor, firstSum] = [8, 9];
  const all = (each: (vector: number) => number[]) =>
    Array.from({ length: vectors }, (_, vector) => each(vector)).flat();
  const sum = (vector: number) => firstSum + vector;
  const addInput = [
    ...[...get(value), ...loadTwice, ...set(factor)],
    ...[...get(weights), ...get(place), ...load32, add, ...set(from)],
    ...all((v) => [
      ...[...get(sum(v)), ...get(factor), ...get(from), ...loadVector(16 * v)],
      ...[...multiplyVectors, ...addVectors, ...set(sum(v))],
    ]),
  ];
  const sumBlock = [
    ...all((v) => [...get(biases), ...loadVector(16 * v), ...set(sum(v))]),
    ...[...constant(at.valuesAt), ...set(value), ...constant(at.placesAt), ...set(place)],
    ...[...openBlock, ...get(place), ...get(end), equal, ...branchIf(0), ...loop],
    ...[...addInput, ...step(value, doubleBytes), ...set(value)],
    ...[...step(place, 4), ...get(end), lessUnsigned, ...branchIf(0), leave, leave],
    ...all((v) => [
      ...[...noVector, ...get(sum(v)), ...largerVector],
      ...[
        ...get(biases),
        ...loadVector(at.outputsAt - at.biasesAt + 16 * v),
        ...multiplyVectors,
        ...set(sum(v)),
      ],
      ...[0, 1].flatMap((l) => [...get(total), ...get(sum(v)), ...lane(l), addDoubles, ...set(total)]),
    ]),
  ];
  const body = [
    ...[...constant(at.biasesAt), ...set(biases), ...constant(at.weightsAt), ...set(weights)],
    ...[...constant(at.placesAt), ...get(count), ...constant(2), shiftLeft, add, ...set(end)],
    ...[...loop, ...sumBlock, ...step(weights, at.inputs * block * doubleBytes), ...set(weights)],
    ...[...step(biases, block * doubleBytes), ...constant(at.biasesAt + at.columns * doubleBytes)],
    ...[lessUnsigned, ...branchIf(0), leave],
    ...[...get(total), leave],
  ];
  const [i32, f64, v128] = [0x7f, 0x7c, 0x7b];
  const code = [2, 6, i32, 1 + vectors, v128, ...body];
  const section = (id: number, content: number[]) => [id, ...unsigned(content.length), ...content];
  const name = (text: string) => [text.length, ...new TextEncoder().encode(text)];
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [1, 0x60, 2, i32, f64, 1, f64]),
    ...section(3, [1, 0]),
    ...section(5, [1, 0, ...unsigned(pages)]),
    ...section(7, [2, ...name('memory'), 2, 0, ...name('run'), 0, 0]),
    ...section(10, [1, ...unsigned(code.length), ...code]),
  ]);
}

/** LEB128, seven bits a byte. */
function unsigned(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...unsigned(value >>> 7)];
}

function signed(value: number): number[] {
  return value < 64 ? [value] : [(value & 127) | 128, ...signed(value >>> 7)];
}
