import { compress } from 'snappy';

const blockBytes = 32 << 10;

/** Snappy as Java's producers frame it: magic, two versions, then blocks of 32 KiB with their lengths. */
export async function xerial(data: Buffer): Promise<Buffer> {
  const parts: Uint8Array[] = [Buffer.from('82534e4150505900' + '00000001' + '00000001', 'hex')];
  for (let at = 0; at < data.length; at += blockBytes) {
    const block = await compress(data.subarray(at, at + blockBytes));
    const length = Buffer.alloc(4);
    length.writeInt32BE(block.length);
    parts.push(length, block);
  }
  return Buffer.concat(parts);
}
