import { createRequire } from 'node:module';
import { promisify } from 'node:util';
import { gzip, zstdCompress } from 'node:zlib';
import fc from 'fast-check';
import { compressFrame } from 'lz4-napi';
import { compress } from 'snappy';
import { describe, expect, test } from 'vitest';
import { type FetchedRecord, readRecordBatches } from '../../../src/sources/kafka/record-batches.ts';
import { xerial } from '../../support/xerial.ts';

interface Written {
  readonly buffer: Buffer;
}
const require = createRequire(import.meta.url);
/** The client's own writer: what a producer of Kafka sends. */
const { RecordBatch: writeBatch } = require('kafkajs/src/protocol/recordBatch/v0') as {
  RecordBatch: (batch: object) => Promise<Written>;
};
const writeRecord = require('kafkajs/src/protocol/recordBatch/record/v0') as (record: object) => Written;

const headerBytes = 61;
const codecs: Readonly<Record<string, readonly [number, (data: Buffer) => Promise<Buffer>]>> = {
  none: [0, async (data) => data],
  gzip: [1, promisify(gzip)],
  snappy: [2, compress],
  'snappy of Java': [2, xerial],
  lz4: [3, compressFrame],
  zstd: [4, promisify(zstdCompress)],
};

interface Sent {
  readonly key: string | null;
  readonly value: string | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly timestampMs: number;
}

async function batchOf(sent: readonly Sent[], firstOffset: number, codec = 'none'): Promise<Buffer> {
  const firstTimestamp = sent[0]?.timestampMs ?? 0;
  const records = sent.map(({ key, value, headers, timestampMs }, offsetDelta) =>
    writeRecord({ offsetDelta, timestampDelta: timestampMs - firstTimestamp, key, value, headers }),
  );
  const { buffer } = await writeBatch({
    firstOffset,
    firstTimestamp,
    maxTimestamp: firstTimestamp,
    lastOffsetDelta: sent.length - 1,
    records,
  });
  const [number, press] = codecs[codec] as (typeof codecs)[string];
  return pressed(buffer, number, await press(buffer.subarray(headerBytes)));
}

/** The same batch with another body. */
function pressed(batch: Buffer, codec: number, body: Buffer): Buffer {
  const head = Buffer.from(batch.subarray(0, headerBytes));
  head.writeInt32BE(headerBytes - 12 + body.length, 8);
  head.writeInt16BE(codec, 21);
  return Buffer.concat([head, body]);
}

const line = (value: string): Sent => ({ key: null, value, headers: {}, timestampMs: 1_700_000_000_000 });
const text = (bytes: Buffer | null) => (bytes === null ? null : bytes.toString());
const seen = ({ offset, timestampMs, key, value }: FetchedRecord) => [
  offset,
  timestampMs,
  text(key),
  text(value),
];

describe('readRecordBatches()', () => {
  const word = fc.string({ unit: 'binary', maxLength: 40 });
  const sent = fc.record({
    key: fc.option(word),
    value: fc.option(fc.oneof(word, fc.string({ minLength: 200, maxLength: 300 }))),
    headers: fc.dictionary(fc.string({ minLength: 1, maxLength: 5 }), word, { maxKeys: 2 }),
    timestampMs: fc.integer({ min: 0, max: 4_000_000_000_000 }),
  });

  test.each(Object.keys(codecs))('gives back what a producer wrote, compressed with %s', async (codec) => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(sent, { minLength: 1, maxLength: 20 }),
        fc.nat(2 ** 40),
        async (all, firstOffset) => {
          const bytes = await batchOf(all, firstOffset, codec);
          const next = await batchOf([line('next')], firstOffset + all.length, codec);
          const records = await readRecordBatches(Buffer.concat([bytes, next]));
          expect(records.slice(0, -1).map(seen)).toEqual(
            all.map(({ timestampMs, key, value }, n) => [String(firstOffset + n), timestampMs, key, value]),
          );
          expect(text(records.at(-1)?.value ?? null)).toBe('next');
        },
      ),
      { numRuns: 50 },
    );
  });

  test('leaves out the batch that the broker has cut off', async () => {
    const whole = await batchOf([line('whole')], 0);
    const cut = await batchOf([line('cut off')], 1);
    const records = await readRecordBatches(Buffer.concat([whole, cut.subarray(0, -1)]));
    expect(records.map(({ value }) => text(value))).toEqual(['whole']);
  });

  test('ends the reader on a codec that it does not know, instead of taking it for none', async () => {
    const batch = await batchOf([line('a'), line('b')], 0);
    await expect(readRecordBatches(pressed(batch, 5, batch.subarray(headerBytes)))).rejects.toMatchObject({
      name: 'KafkaJSNotImplemented',
      message: 'a batch is compressed with codec 5; known are gzip, snappy, lz4 and zstd',
    });
  });

  test.each(['gzip', 'snappy', 'snappy of Java', 'lz4', 'zstd'])(
    'inflates no bomb of %s, says so in the place of the batch, and reads on behind it',
    async (codec) => {
      const harmless = await batchOf([line('a'), line('b')], 10);
      const [number, press] = codecs[codec] as (typeof codecs)[string];
      const bomb = pressed(harmless, number, await press(Buffer.alloc((128 << 20) + 1)));
      const [first, second, ...rest] = await readRecordBatches(
        Buffer.concat([bomb, await batchOf([line('behind')], 12)]),
      );
      expect(rest).toEqual([]);
      expect(first).toMatchObject({
        offset: '11',
        value: null,
        unreadable: {
          reason: 'inflate-failed',
          detail:
            'a batch of 2 records, offsets 10 to 11, cannot be read (more than 500000 records or 134217728 bytes once inflated); all of them are left out',
        },
      });
      expect(text(second?.value ?? null)).toBe('behind');
    },
    30_000,
  );

  test.each(['gzip', 'snappy', 'snappy of Java', 'lz4', 'zstd'])(
    'never throws on a broken body of %s, and reads on behind it',
    async (codec) => {
      const whole = await batchOf(
        Array.from({ length: 30 }, (_, n) => line(`line ${n}`)),
        0,
        codec,
      );
      const behind = await batchOf([line('behind')], 30);
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.tuple(fc.integer({ min: headerBytes, max: whole.length - 1 }), fc.nat(255)), {
            minLength: 1,
            maxLength: 4,
          }),
          async (changes) => {
            const broken = Buffer.from(whole);
            for (const [at, byte] of changes) broken[at] = byte;
            const records = await readRecordBatches(Buffer.concat([broken, behind]));
            expect(text(records.at(-1)?.value ?? null)).toBe('behind');
            const isWhole = records.length === 31;
            const isOneLetter = records.length === 2 && records[0]?.unreadable !== undefined;
            expect(isWhole || isOneLetter).toBe(true);
          },
        ),
        { numRuns: 200 },
      );
    },
  );

  test('takes a batch that claims more records than it has for broken', async () => {
    const batch = await batchOf([line('a')], 7);
    batch.writeInt32BE(400_000, 57);
    const [record, ...rest] = await readRecordBatches(batch);
    expect(rest).toEqual([]);
    expect(record?.unreadable?.reason).toBe('envelope-invalid');
    batch.writeInt32BE(500_001, 57);
    expect((await readRecordBatches(batch))[0]?.unreadable?.reason).toBe('inflate-failed');
  });
});
