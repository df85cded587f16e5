import { promisify } from 'node:util';
import { gunzip, zstdCompress, zstdDecompress } from 'node:zlib';
import kafkajs from 'kafkajs';
import { compressFrame, decompressFrame } from 'lz4-napi';
import { compress as snappyCompress, uncompress as snappyUncompress } from 'snappy';

const { CompressionCodecs, CompressionTypes } = kafkajs;
/** Its declaration forgets the message. */
const NotImplemented = kafkajs.KafkaJSNotImplemented as new (message: string) => Error;

interface Encoder {
  readonly buffer: Buffer;
}

export interface Codec {
  readonly name: string;
  /** Throws when the data is broken, and before memory is taken for more than `maxBytes`. */
  inflate(data: Buffer, maxBytes: number): Promise<Buffer>;
}

/** A batch of ordinary size (1 MiB) with text that is pressed a hundredfold fits in. */
export const mostInflatedBytes = 128 << 20;

export class TooLarge extends Error {}

/** By the number that a record batch carries. */
const codecs: readonly (Codec | undefined)[] = [
  undefined,
  { name: 'gzip', inflate: (data, maxOutputLength) => bounded(promisify(gunzip)(data, { maxOutputLength })) },
  { name: 'snappy', inflate: unsnap },
  { name: 'lz4', inflate: unlz4 },
  {
    name: 'zstd',
    inflate: (data, maxOutputLength) => bounded(promisify(zstdDecompress)(data, { maxOutputLength })),
  },
];

/** Undefined: not compressed. An unknown codec ends the reader: its records are good, only not for us. */
export function codecOf(number: number): Codec | undefined {
  if (number < codecs.length) return codecs[number];
  throw new NotImplemented(
    `a batch is compressed with codec ${number}; known are gzip, snappy, lz4 and zstd`,
  );
}

/** Teaches the client the three codecs it lacks. */
export function registerCodecs(): void {
  const { Snappy, LZ4, ZSTD } = CompressionTypes;
  const register = (number: number, compress: (data: Buffer) => Promise<Buffer>) => {
    CompressionCodecs[number as typeof Snappy] = () => ({
      compress: ({ buffer }: Encoder) => compress(buffer),
      // Of messages written before Kafka 0.11.
      decompress: (data: Buffer) => (codecOf(number) as Codec).inflate(data, mostInflatedBytes),
    });
  };
  register(Snappy, snappyCompress);
  register(LZ4, compressFrame);
  register(ZSTD, (data) => promisify(zstdCompress)(data));
}

async function bounded(inflating: Promise<Buffer>): Promise<Buffer> {
  try {
    return await inflating;
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE' ? new TooLarge() : error;
  }
}

const xerialMagic = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00]);
const xerialHeaderBytes = 16;

/** Plain snappy, or Java's xerial framing: a header, then blocks with their lengths. */
async function unsnap(data: Buffer, maxBytes: number): Promise<Buffer> {
  if (!data.subarray(0, xerialMagic.length).equals(xerialMagic)) {
    if (snappyLength(data) > maxBytes) throw new TooLarge();
    return (await snappyUncompress(data)) as Buffer;
  }
  const blocks: Buffer[] = [];
  let total = 0;
  for (let at = xerialHeaderBytes; at < data.length; ) {
    if (at + 4 > data.length) throw new Error('a block without its length');
    const length = data.readInt32BE(at);
    at += 4;
    if (length < 0 || at + length > data.length) throw new Error('a block is longer than its batch');
    const block = data.subarray(at, at + length);
    total += snappyLength(block);
    if (total > maxBytes) throw new TooLarge();
    blocks.push((await snappyUncompress(block)) as Buffer);
    at += length;
  }
  return Buffer.concat(blocks);
}

/** Snappy says at its start how long it will be: a number in groups of seven bits. */
function snappyLength(data: Buffer): number {
  let length = 0;
  for (let at = 0; at < 5; at += 1) {
    const byte = data[at] ?? 0;
    length += (byte & 0x7f) * 2 ** (7 * at);
    if (byte < 0x80) return length;
  }
  throw new Error('no length at its start');
}

/** The format's largest block by the number in a frame's header. */
const lz4BlockBytes = [0, 0, 0, 0, 1 << 16, 1 << 18, 1 << 20, 1 << 22];
const lz4Uncompressed = 0x8000_0000;

async function unlz4(data: Buffer, maxBytes: number): Promise<Buffer> {
  if (lz4MostBytes(data) > maxBytes) throw new TooLarge();
  return decompressFrame(data);
}

/** What the blocks of a frame can inflate to at most: nothing bounds the library itself. */
function lz4MostBytes(data: Buffer): number {
  const flags = data[4] ?? 0;
  const blockBytes = lz4BlockBytes[((data[5] ?? 0) >> 4) & 7] ?? 0;
  const checksumBytes = flags & 0x10 ? 4 : 0;
  let most = 0;
  for (let at = 7 + (flags & 0x08 ? 8 : 0) + (flags & 0x01 ? 4 : 0); at + 4 <= data.length; ) {
    const size = data.readUInt32LE(at);
    if (size === 0) break;
    const bytes = size % lz4Uncompressed;
    // A block of LZ4 inflates 255 times at most.
    most += size >= lz4Uncompressed ? bytes : Math.min(blockBytes, bytes * 255);
    at += 4 + bytes + checksumBytes;
  }
  return most;
}
