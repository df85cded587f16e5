import { createRequire } from 'node:module';
import kafkajs from 'kafkajs';
import type { Unreadable } from '../source.ts';
import { type Codec, codecOf, mostInflatedBytes, TooLarge } from './codecs.ts';

/** One record as the consumer hands it on; `offset` is a string because the client compares it as one. */
export interface FetchedRecord {
  readonly offset: string;
  readonly timestampMs: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  /** Set on the one record that stands for a batch that cannot be read. */
  readonly unreadable?: Unreadable;
  readonly isControlRecord: boolean;
  readonly batchContext: { readonly producerId: string; readonly inTransaction: boolean };
}

const mostRecords = 500_000;
const headerBytes = 61;
/** Base offset and length, which the length does not count. */
const prefixBytes = 12;
const logAppendTime = 0x08;
const transactional = 0x10;
const control = 0x20;

/**
 * The records of a partition's answer. Kafka's record batch, version 2.
 *
 * A batch that is broken or inflates beyond bounds becomes one record that says so: it will never get
 * better, and what comes after it must be read. An unknown codec throws.
 */
export async function readRecordBatches(bytes: Buffer): Promise<FetchedRecord[]> {
  const records: FetchedRecord[] = [];
  for (let at = 0; at + headerBytes <= bytes.length; ) {
    const length = bytes.readInt32BE(at + 8);
    if (length < headerBytes - prefixBytes)
      throw new kafkajs.KafkaJSNonRetriableError(`a record batch of ${length} bytes cannot be`);
    const end = at + prefixBytes + length;
    // The broker cuts an answer anywhere; the rest of the batch comes with the next one.
    if (end > bytes.length) break;
    await readBatch(bytes.subarray(at, end), records);
    at = end;
  }
  return records;
}

async function readBatch(batch: Buffer, records: FetchedRecord[]): Promise<void> {
  const attributes = batch.readInt16BE(21);
  const codec = codecOf(attributes & 7);
  const header: Header = {
    baseOffset: Number(batch.readBigInt64BE(0)),
    lastOffsetDelta: batch.readInt32BE(23),
    firstTimestampMs: Number(batch.readBigInt64BE(27)),
    appendedMs: attributes & logAppendTime ? Number(batch.readBigInt64BE(35)) : undefined,
    isControlRecord: (attributes & control) !== 0,
    batchContext: {
      producerId: batch.readBigInt64BE(43).toString(),
      inTransaction: (attributes & transactional) !== 0,
    },
    count: batch.readInt32BE(57),
  };
  const before = records.length;
  try {
    if (header.count > mostRecords) throw new TooLarge();
    const body = batch.subarray(headerBytes);
    readRecords(codec === undefined ? body : await codec.inflate(body, mostInflatedBytes), header, records);
  } catch (error) {
    records.length = before;
    records.push(standIn(header, codec, error));
  }
}

interface Header extends Pick<FetchedRecord, 'isControlRecord' | 'batchContext'> {
  readonly baseOffset: number;
  readonly lastOffsetDelta: number;
  readonly firstTimestampMs: number;
  /** Time of all records when the broker stamps them. */
  readonly appendedMs: number | undefined;
  readonly count: number;
}

class Broken extends Error {}

function readRecords(body: Buffer, header: Header, records: FetchedRecord[]): void {
  const { isControlRecord, batchContext, appendedMs, baseOffset, firstTimestampMs } = header;
  const reader = new Reader(body);
  for (let n = 0; n < header.count; n += 1) {
    const end = reader.length() + reader.at;
    if (end > body.length) throw new Broken();
    reader.at += 1;
    const timestampDelta = reader.varint();
    const offset = baseOffset + reader.varint();
    const key = reader.bytes(end);
    const value = reader.bytes(end);
    // Headers carry nothing for us.
    reader.at = end;
    records.push({
      offset: String(offset),
      timestampMs: appendedMs ?? firstTimestampMs + timestampDelta,
      key,
      value,
      isControlRecord,
      batchContext,
    });
  }
}

class Reader {
  at = 0;
  readonly #bytes: Buffer;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** Zigzag, in groups of seven bits; exact up to 2^53, and times and offsets are below. */
  varint(): number {
    let raw = 0;
    for (let scale = 1; scale < 2 ** 63; scale *= 128) {
      const byte = this.#bytes[this.at] as number;
      this.at += 1;
      if (byte === undefined) throw new Broken();
      raw += (byte & 0x7f) * scale;
      if (byte < 0x80) return raw % 2 === 0 ? raw / 2 : -(raw + 1) / 2;
    }
    throw new Broken();
  }

  length(): number {
    const length = this.varint();
    if (length < 0) throw new Broken();
    return length;
  }

  bytes(end: number): Buffer | null {
    const length = this.varint();
    if (length === -1) return null;
    const from = this.at;
    this.at = from + length;
    if (length < 0 || this.at > end) throw new Broken();
    return this.#bytes.subarray(from, this.at);
  }
}

/** At the batch's last offset, so that the reader goes on behind it. */
function standIn(header: Header, codec: Codec | undefined, error: unknown): FetchedRecord {
  const { baseOffset, lastOffsetDelta, count, firstTimestampMs, isControlRecord, batchContext } = header;
  const last = baseOffset + lastOffsetDelta;
  const why =
    error instanceof TooLarge
      ? `more than ${mostRecords} records or ${mostInflatedBytes} bytes once inflated`
      : error instanceof Broken
        ? 'its records do not fit their own lengths'
        : `${codec?.name ?? 'reading'}: ${error instanceof Error ? error.message : String(error)}`;
  return {
    offset: String(last),
    timestampMs: header.appendedMs ?? firstTimestampMs,
    key: null,
    value: null,
    unreadable: {
      reason: error instanceof Broken ? 'envelope-invalid' : 'inflate-failed',
      detail: `a batch of ${count} records, offsets ${baseOffset} to ${last}, cannot be read (${why}); all of them are left out`,
    },
    isControlRecord,
    batchContext,
  };
}

/** What the client passes in: a reader that stands before the bytes of one partition. */
interface PartitionBytes {
  offset: number;
  readonly buffer: Buffer;
  readInt32(): number;
}

type ReadPartition = (decoder: PartitionBytes) => Promise<unknown[]>;

const magicAt = 16;
let installed = false;

/**
 * Puts this reader in the place of the client's own, which neither bounds what it inflates, nor knows an
 * unknown codec from none, nor survives a batch of more records than a call may have arguments. The
 * client is not developed any more and its version is pinned, so that its inside does not move.
 */
export function installRecordBatches(): void {
  if (installed) return;
  installed = true;
  const require = createRequire(import.meta.url);
  const path = require.resolve('kafkajs/src/protocol/requests/fetch/v4/decodeMessages.js');
  const own = require(path) as ReadPartition;
  const read: ReadPartition = async (decoder) => {
    const from = decoder.offset;
    const size = decoder.readInt32();
    const start = decoder.offset;
    if (size <= 0 || start + size > decoder.buffer.length) return [];
    if (decoder.buffer[start + magicAt] !== 2) {
      // Written before Kafka 0.11.
      decoder.offset = from;
      return own(decoder);
    }
    decoder.offset = start + size;
    return readRecordBatches(decoder.buffer.subarray(start, start + size));
  };
  (require.cache[path] as NodeJS.Module).exports = read;
}
