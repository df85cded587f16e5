import { promisify } from 'node:util';
import { zstdCompress, zstdDecompress } from 'node:zlib';
import kafkajs from 'kafkajs';
import { compressFrame, decompressFrame } from 'lz4-napi';
import { compress as snappyCompress, uncompress as snappyUncompress } from 'snappy';

const { CompressionCodecs, CompressionTypes } = kafkajs;
const xerialMagic = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00]);
const xerialHeaderBytes = 16;

interface Encoder {
  readonly buffer: Buffer;
}

let registered = false;

/** Teaches the client the three codecs it lacks. A codec it does not know stops the reader; nothing is skipped. */
export function registerCodecs(): void {
  if (registered) return;
  registered = true;
  CompressionCodecs[CompressionTypes.Snappy] = () => ({
    compress: ({ buffer }: Encoder) => snappyCompress(buffer),
    decompress: snappyDecompress,
  });
  CompressionCodecs[CompressionTypes.LZ4] = () => ({
    compress: ({ buffer }: Encoder) => compressFrame(buffer),
    decompress: (buffer: Buffer) => decompressFrame(buffer),
  });
  CompressionCodecs[CompressionTypes.ZSTD] = () => ({
    compress: ({ buffer }: Encoder) => promisify(zstdCompress)(buffer),
    decompress: (buffer: Buffer) => promisify(zstdDecompress)(buffer),
  });
}

/** Plain snappy, or Java's xerial framing: a header, then blocks with their lengths. */
async function snappyDecompress(buffer: Buffer): Promise<Buffer> {
  if (!buffer.subarray(0, xerialMagic.length).equals(xerialMagic))
    return (await snappyUncompress(buffer)) as Buffer;
  const blocks: Buffer[] = [];
  for (let at = xerialHeaderBytes; at + 4 <= buffer.length; ) {
    const length = buffer.readInt32BE(at);
    at += 4;
    if (length < 0 || at + length > buffer.length)
      throw new Error('snappy: a block is longer than its batch');
    blocks.push((await snappyUncompress(buffer.subarray(at, at + length))) as Buffer);
    at += length;
  }
  return Buffer.concat(blocks);
}
