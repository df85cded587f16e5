import { readFileSync } from 'node:fs';
import ipaddr from 'ipaddr.js';

/** Sorted address ranges with their autonomous systems; looked up by bisection. */
export class AsnRanges {
  readonly #v4: Ranges<number>;
  readonly #v6: Ranges<bigint>;

  constructor(v4: Ranges<number>, v6: Ranges<bigint>) {
    this.#v4 = v4;
    this.#v6 = v6;
  }

  of(address: string): { asn: number; name: string | null } | null {
    const parsed = ipaddr.parse(address);
    const bytes = parsed.toByteArray();
    return parsed.kind() === 'ipv4'
      ? find(
          this.#v4,
          bytes.reduce((sum, byte) => sum * 256 + byte, 0),
        )
      : find(
          this.#v6,
          bytes.slice(0, 8).reduce((sum, byte) => sum * 256n + BigInt(byte), 0n),
        );
  }
}

/** The file stays in memory as bytes: of its names only those that are asked for become texts. */
interface Ranges<N extends number | bigint> {
  readonly starts: ArrayLike<N>;
  readonly ends: ArrayLike<N>;
  readonly asns: Uint32Array;
  readonly nameOffsets: Uint32Array;
  readonly file: Buffer;
  readonly length: number;
}

function find<N extends number | bigint>(ranges: Ranges<N>, address: N) {
  const { starts, ends, asns } = ranges;
  let low = 0;
  let high = ranges.length - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    if (address < (starts[middle] as N)) high = middle - 1;
    else if (address > (ends[middle] as N)) low = middle + 1;
    else {
      const asn = asns[middle] as number;
      return asn === 0 ? null : { asn, name: nameOf(ranges, middle) };
    }
  }
  return null;
}

function nameOf({ file, nameOffsets }: Ranges<number | bigint>, row: number): string | null {
  const from = nameOffsets[row] as number;
  const end = file.indexOf(newline, from);
  const name = file
    .toString('utf8', from, end < 0 ? file.length : end)
    .replaceAll('"', '')
    .trim();
  return name === '' ? null : name;
}

/** Reads `start,end,asn,name` files; version 6 by its upper 64 bits, finer than which nothing is routed. */
export function readAsnRanges(v4File: string, v6File: string): AsnRanges {
  const v4 = readFileSync(v4File);
  const v6 = readFileSync(v6File);
  const v4Rows = countRows(v4);
  const v6Rows = countRows(v6);
  const v4Starts = new Uint32Array(v4Rows);
  const v4Ends = new Uint32Array(v4Rows);
  const v6Starts = new BigUint64Array(v6Rows);
  const v6Ends = new BigUint64Array(v6Rows);
  return new AsnRanges(
    {
      starts: v4Starts,
      ends: v4Ends,
      ...readRows(v4, v4Rows, (row, from, middle, end) => {
        v4Starts[row] = wholeNumber(v4, from, middle);
        v4Ends[row] = wholeNumber(v4, middle + 1, end);
      }),
    },
    {
      starts: v6Starts,
      ends: v6Ends,
      ...readRows(v6, v6Rows, (row, from, middle, end) => {
        v6Starts[row] = BigInt(v6.toString('latin1', from, middle)) >> 64n;
        v6Ends[row] = BigInt(v6.toString('latin1', middle + 1, end)) >> 64n;
      }),
    },
  );
}

const newline = 10;
const comma = 44;

function countRows(file: Buffer): number {
  let rows = 1;
  for (let at = file.indexOf(newline); at >= 0; at = file.indexOf(newline, at + 1)) rows += 1;
  return rows;
}

/** Half a million rows at every start: bytes are read in place, without a text for each field. */
function readRows(
  file: Buffer,
  rows: number,
  takeRange: (row: number, start: number, middle: number, end: number) => void,
) {
  const asns = new Uint32Array(rows);
  const nameOffsets = new Uint32Array(rows);
  let length = 0;
  for (let at = 0; at < file.length; ) {
    const middle = commaFrom(file, at);
    const end = commaFrom(file, middle + 1);
    const name = commaFrom(file, end + 1);
    if (name < file.length) {
      takeRange(length, at, middle, end);
      asns[length] = wholeNumber(file, end + 1, name);
      nameOffsets[length] = name + 1;
      length += 1;
    }
    const next = file.indexOf(newline, at);
    at = next < 0 ? file.length : next + 1;
  }
  return { asns, nameOffsets, file, length };
}

function commaFrom(file: Buffer, from: number): number {
  let at = from;
  while (at < file.length && file[at] !== comma) at += 1;
  return at;
}

function wholeNumber(file: Buffer, from: number, end: number): number {
  let value = 0;
  for (let at = from; at < end; at += 1) value = value * 10 + (file[at] as number) - 48;
  return value;
}
