import { gzipSync, zstdCompressSync } from 'node:zlib';
import type { SeededRandom } from './random.ts';

/** A key of a well-known form: wherever it stands whole in a line, it must not come out. */
export const plantedCore = 'Zq7Rv2Lm9Xw4Tn6Bc1Hd8';
const planted = `ghp_${plantedCore}`;

const hostileTexts = [
  '',
  '-',
  'null',
  '__proto__',
  'constructor',
  '\u0000',
  '\u001b[2J',
  '\u202e',
  '\ud800',
  '\udfff x',
  '<script>alert(1)</script>',
  '=cmd|calc!A1',
  '%',
  '%00',
  '%E0%A4%A',
  '%2F%2e%2e',
  '../../etc/passwd',
  '/a?b=1&b=2&&=&c',
  '//',
  '?',
  '#',
  'https://',
  'https://u:p@h/p?q#f',
  '/v1/orders/123',
  '[::1]:80',
  '::ffff:1.2.3.4',
  '1.2.3.4, 5.6.7.8, ',
  '999.1.1.1',
  'fe80::1%eth0',
  'Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.',
  'Bearer ',
  'Basic dXNlcjpwYXNz',
  'eyJ',
  'eyJ.eyJ.eyJ',
  '2026-01-05T10:00:00Z',
  '2026-13-45T99:99:99Z',
  '2026-01-05 10:00:00',
  '05/Jan/2026:10:00:00 +0000',
  '1767607200.250',
  '1767607200250000000',
  '1e400',
  '-1',
  '0x10',
  '500, 200 : 200',
  '{"a":',
  '{"time":1}',
  '[{"a":1}]',
  '<14>Jan  5 10:00:00 host tag[1]: {"a":1}',
  '2026-01-05T10:00:00Z stdout F {"a":1}',
  'a|b%7Cc',
  'ORD-2024-0001',
  '0d3c1c1e-43d0-4a3a-9d3b-0f7a0f6d7b11',
];
const hostileValues: readonly unknown[] = [
  null,
  true,
  false,
  0,
  -1,
  -0,
  1e308,
  5e-324,
  Number.MAX_SAFE_INTEGER,
  1767607200250,
  [],
  {},
  [[]],
  [null],
  [{}],
  { __proto__: null },
  { length: -1 },
  { toString: 1, valueOf: 1 },
];
const longest = 65_536;

export interface Mutant {
  readonly bytes: Uint8Array;
  /** The planted key stands whole in it. */
  readonly isPlanted: boolean;
}

/** One hostile descendant of a record: changed as JSON, as bytes, or put into an envelope. */
export function mutate(seed: Uint8Array, other: Uint8Array, random: SeededRandom): Mutant {
  const parsed = random.oneIn(4) ? undefined : parsedOf(seed);
  if (parsed === undefined)
    return { bytes: wrapped(changedBytes(seed, other, random), random), isPlanted: false };
  const isPlanted = random.oneIn(8);
  let value = parsed;
  for (let n = 1 + random.below(3); n > 0; n -= 1) value = changedJson(value, parsedOf(other), random);
  if (isPlanted) value = withText(value, random, () => around(planted, random));
  const text = duplicatedKey(JSON.stringify(value), isPlanted, random);
  return { bytes: wrapped(Buffer.from(text).subarray(0, longest), random), isPlanted };
}

function parsedOf(bytes: Uint8Array): object | undefined {
  if (bytes[0] !== 0x7b && bytes[0] !== 0x5b) return undefined;
  try {
    return JSON.parse(Buffer.from(bytes).toString()) as object;
  } catch {
    // A seed that byte changes have broken: it goes on as bytes.
    return undefined;
  }
}

function around(secret: string, random: SeededRandom): string {
  return random.pick([
    secret,
    `Bearer ${secret}`,
    `/v1/${secret}/x`,
    `/a?token=${secret}&x=1`,
    `https://h/p?zzz=${secret}`,
    `agent/1.0 (${secret})`,
    `key=${secret}`,
    `{"token":"${secret}"}`,
  ]);
}

function changedJson(value: object, other: object | undefined, random: SeededRandom): object {
  switch (random.below(6)) {
    case 0:
      return withText(value, random, () =>
        random.pick(hostileTexts).repeat(random.oneIn(20) ? 1 + random.below(400) : 1),
      );
    case 1:
      return withEntry(value, random, (_key, _old) => random.pick(hostileValues));
    case 2:
      return withEntry(value, random, () => undefined);
    case 3:
      return {
        ...value,
        [random.pick([...hostileTexts, ...Object.keys(other ?? {})])]: random.pick(hostileTexts),
      };
    case 4:
      return { ...value, ...pickSome(other ?? {}, random) };
    default:
      return withEntry(value, random, (_key, old) => nested(old, random));
  }
}

function nested(value: unknown, random: SeededRandom): unknown {
  let inside = value;
  for (let depth = random.below(random.oneIn(10) ? 100 : 4); depth > 0; depth -= 1)
    inside = random.oneIn(2) ? [inside] : { a: inside };
  return random.oneIn(3) ? JSON.stringify(inside) : inside;
}

function pickSome(from: object, random: SeededRandom): object {
  return Object.fromEntries(Object.entries(from).filter(() => random.oneIn(3)));
}

/** Replaces one value somewhere inside; undefined removes it. */
function withEntry(
  value: object,
  random: SeededRandom,
  change: (key: string, old: unknown) => unknown,
): object {
  const keys = Object.keys(value);
  if (keys.length === 0) return value;
  const key = random.pick(keys);
  const old = (value as Record<string, unknown>)[key];
  const goesIn = typeof old === 'object' && old !== null && random.oneIn(2);
  const changed = goesIn ? withEntry(old, random, change) : change(key, old);
  if (Array.isArray(value)) return value.map((one, n) => (String(n) === key ? changed : one));
  return { ...value, [key]: changed };
}

function withText(value: object, random: SeededRandom, text: () => string): object {
  return withEntry(value, random, text);
}

function duplicatedKey(text: string, isPlanted: boolean, random: SeededRandom): string {
  if (isPlanted || !random.oneIn(10)) return text;
  const colon = text.indexOf('":');
  return colon > 0
    ? text.replace('{', `${text.slice(0, colon)}":${JSON.stringify(random.pick(hostileTexts))},`)
    : text;
}

function changedBytes(seed: Uint8Array, other: Uint8Array, random: SeededRandom): Uint8Array {
  let bytes: Uint8Array = Uint8Array.from(seed);
  for (let n = 1 + random.below(4); n > 0; n -= 1) {
    const at = random.below(bytes.length + 1);
    const length = random.below(16);
    switch (random.below(6)) {
      case 0:
        if (at < bytes.length) bytes[at] = random.below(256);
        break;
      case 1:
        bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)]);
        break;
      case 2:
        bytes = Buffer.concat([
          bytes.subarray(0, at),
          Buffer.from(random.pick(hostileTexts)),
          bytes.subarray(at),
        ]);
        break;
      case 3:
        bytes = Buffer.concat([bytes.subarray(0, at), other.subarray(random.below(other.length + 1))]);
        break;
      case 4:
        bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(Math.max(0, at - length))]);
        break;
      default:
        bytes = bytes.subarray(0, at);
    }
  }
  return bytes.subarray(0, longest);
}

/** What shippers and brokers put around a line. */
function wrapped(bytes: Uint8Array, random: SeededRandom): Uint8Array {
  if (!random.oneIn(4)) return bytes;
  const text = Buffer.from(bytes).toString();
  switch (random.below(9)) {
    case 0:
      return gzipSync(bytes);
    case 1:
      return zstdCompressSync(bytes);
    case 2:
      return Buffer.from(JSON.stringify({ '@timestamp': '2026-01-05T10:00:00Z', message: text }));
    case 3:
      return Buffer.from(`[${text},${text}]`);
    case 4:
      return Buffer.from(`2026-01-05T10:00:00.000000000Z stdout F ${text}`);
    case 5:
      return Buffer.from(`<14>Jan  5 10:00:00 host nginx[12]: ${text}`);
    case 6:
      return Buffer.concat([Buffer.from([0, 0, 0, 0, 7]), bytes]);
    case 7:
      return Buffer.from(JSON.stringify({ Records: [text, JSON.parse('{"a":1}')], log: text }));
    default:
      return Buffer.from(`${text}\n${text}`);
  }
}
