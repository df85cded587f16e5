import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import type { Refusal } from './unwrapped.ts';

/** The bytes of a record, inflated where they are gzip or zstd. */
export function inflated(value: Uint8Array, maxInflatedBytes: number): Uint8Array | Refusal {
  const isGzip = value[0] === 0x1f && value[1] === 0x8b;
  const isZstd = value[0] === 0x28 && value[1] === 0xb5 && value[2] === 0x2f && value[3] === 0xfd;
  if (!isGzip && !isZstd) return value;
  try {
    const options = { maxOutputLength: maxInflatedBytes };
    return isGzip ? gunzipSync(value, options) : zstdDecompressSync(value, options);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return {
      reason: 'inflate-failed',
      detail: `${isGzip ? 'gzip' : 'zstd'} data could not be inflated within ${maxInflatedBytes} bytes: ${why}`,
    };
  }
}

/** Confluent's schema-registry frame: a zero byte and a four-byte id before the JSON. */
export function unframed(bytes: Uint8Array): Uint8Array {
  return isFramed(bytes) && holdsJson(bytes) ? bytes.subarray(5) : bytes;
}

/** What a schema registry's frame holds when it is no JSON; null for everything else. */
export function foreignFrame(bytes: Uint8Array): Refusal | null {
  if (!isFramed(bytes) || holdsJson(bytes)) return null;
  return {
    reason: 'unsupported-encoding',
    detail:
      'the record looks like a schema-registry frame that holds no JSON (Avro or Protobuf); use the JSON Schema serializer',
  };
}

const isFramed = (bytes: Uint8Array) => bytes[0] === 0 && bytes.byteLength > 5;

const holdsJson = (bytes: Uint8Array) => bytes[5] === 0x7b || bytes[5] === 0x5b;
