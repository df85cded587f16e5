import type { RawRecord } from '../../sources/source.ts';
import type { RecordsMessage, Stretch } from './messages.ts';

/** The records as a message. Their bytes are copied: the buffers they lie in belong to whoever has read them. */
export function packRecords(records: readonly RawRecord[]): RecordsMessage {
  let length = 0;
  for (const { value } of records) length += value.byteLength;
  const bytes = new Uint8Array(length);
  const ends = new Uint32Array(records.length);
  const ingestTimesMs = new Float64Array(records.length);
  const stretches: { -readonly [K in keyof Stretch]: Stretch[K] }[] = [];
  let stretch: (typeof stretches)[number] | undefined;
  let at = 0;
  for (let n = 0; n < records.length; n += 1) {
    const { value, ingestTimeMs, partition, format } = records[n] as RawRecord;
    bytes.set(value, at);
    at += value.byteLength;
    ends[n] = at;
    ingestTimesMs[n] = ingestTimeMs;
    if (stretch === undefined || stretch.partition !== partition || stretch.format !== format) {
      stretch = { partition, format, end: 0 };
      stretches.push(stretch);
    }
    stretch.end = n + 1;
  }
  return { bytes, ends, ingestTimesMs, stretches };
}

/** The records of a message; where they lie nobody here needs to know. */
export function* unpackRecords({
  bytes,
  ends,
  ingestTimesMs,
  stretches,
}: RecordsMessage): Generator<RawRecord> {
  let n = 0;
  let from = 0;
  for (const { partition, format, end } of stretches) {
    for (; n < end; n += 1) {
      const to = ends[n] as number;
      yield {
        value: bytes.subarray(from, to),
        at: nowhere,
        ingestTimeMs: ingestTimesMs[n] as number,
        partition,
        format,
      };
      from = to;
    }
  }
}

const nowhere = { kind: 'stdin', line: 0 } as const;
