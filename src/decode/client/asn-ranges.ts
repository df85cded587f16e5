import { readFileSync } from 'node:fs';
import ipaddr from 'ipaddr.js';

/** Sorted address ranges with their autonomous systems; looked up by bisection. */
export class AsnRanges {
  readonly #v4: Ranges<number>;
  readonly #v6: Ranges<bigint>;
  readonly #names: ReadonlyMap<number, string>;

  constructor(v4: Ranges<number>, v6: Ranges<bigint>, names: ReadonlyMap<number, string>) {
    this.#v4 = v4;
    this.#v6 = v6;
    this.#names = names;
  }

  of(address: string): { asn: number; name: string | null } | null {
    const parsed = ipaddr.parse(address);
    const bytes = parsed.toByteArray();
    const asn =
      parsed.kind() === 'ipv4'
        ? find(
            this.#v4,
            bytes.reduce((sum, byte) => sum * 256 + byte, 0),
          )
        : find(
            this.#v6,
            bytes.slice(0, 8).reduce((sum, byte) => sum * 256n + BigInt(byte), 0n),
          );
    return asn === 0 ? null : { asn, name: this.#names.get(asn) ?? null };
  }
}

interface Ranges<N extends number | bigint> {
  readonly starts: ArrayLike<N>;
  readonly ends: ArrayLike<N>;
  readonly asns: Uint32Array;
}

function find<N extends number | bigint>({ starts, ends, asns }: Ranges<N>, address: N): number {
  let low = 0;
  let high = asns.length - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    if (address < (starts[middle] as N)) high = middle - 1;
    else if (address > (ends[middle] as N)) low = middle + 1;
    else return asns[middle] as number;
  }
  return 0;
}

/** Reads `start,end,asn,name` files; version 6 by its upper 64 bits, finer than which nothing is routed. */
export function readAsnRanges(v4File: string, v6File: string): AsnRanges {
  const names = new Map<number, string>();
  const v4 = readFile(v4File, names);
  const v6 = readFile(v6File, names);
  return new AsnRanges(
    {
      starts: Uint32Array.from(v4.starts, Number),
      ends: Uint32Array.from(v4.ends, Number),
      asns: Uint32Array.from(v4.asns),
    },
    {
      starts: BigUint64Array.from(v6.starts, (text) => BigInt(text) >> 64n),
      ends: BigUint64Array.from(v6.ends, (text) => BigInt(text) >> 64n),
      asns: Uint32Array.from(v6.asns),
    },
    names,
  );
}

function readFile(path: string, names: Map<number, string>) {
  const content = readFileSync(path, 'utf8');
  const starts: string[] = [];
  const ends: string[] = [];
  const asns: number[] = [];
  let at = 0;
  while (at < content.length) {
    let end = content.indexOf('\n', at);
    if (end < 0) end = content.length;
    const a = content.indexOf(',', at);
    const b = content.indexOf(',', a + 1);
    const c = content.indexOf(',', b + 1);
    if (a > 0 && b > 0 && c > 0 && c < end) {
      const asn = Number(content.slice(b + 1, c));
      starts.push(content.slice(at, a));
      ends.push(content.slice(a + 1, b));
      asns.push(asn);
      if (!names.has(asn))
        names.set(
          asn,
          content
            .slice(c + 1, end)
            .replaceAll('"', '')
            .trim(),
        );
    }
    at = end + 1;
  }
  return { starts, ends, asns };
}
