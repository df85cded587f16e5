import { isAscii } from 'node:buffer';

const strict = new TextDecoder('utf-8', { fatal: true });
const lenient = new TextDecoder('utf-8');

/**
 * Bytes → text; null when they are no text at all. Gateways write what the caller sent, so a byte that
 * is no UTF-8 is replaced by U+FFFD: were the line refused, a caller could hide every call of his by
 * one such byte in his user agent.
 */
export function textOf(bytes: Uint8Array): string | null {
  // Most lines are plain ASCII, which needs no decoder.
  if (isAscii(bytes)) return textOfAscii(bytes);
  try {
    return strict.decode(bytes);
  } catch {
    return beginsLikeText(bytes) && !bytes.includes(0) ? lenient.decode(bytes) : null;
  }
}

/** The same for bytes known to be ASCII. */
export function textOfAscii(bytes: Uint8Array): string {
  return bufferOf(bytes).toString('latin1');
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** The gateway writes the start of a line, not the caller. */
function beginsLikeText(bytes: Uint8Array): boolean {
  const first = bytes.find((byte) => byte !== 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d);
  return first !== undefined && first > 0x20 && first < 0x7f;
}
