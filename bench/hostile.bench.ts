import { decodeConfig } from '../schemas/config/decode.ts';
import { createDecoder } from '../src/decode/decoder.ts';
import { RouteTemplates } from '../src/decode/route-template.ts';

export interface HostileRow {
  readonly shape: string;
  /** Nanoseconds a byte, by the record's size. */
  readonly at1kB: number;
  readonly at10kB: number;
  readonly at100kB: number;
  readonly at1MB: number;
  /** Cost of a byte at 1 MB beside that at 10 kB: near 1 or below when the cost is linear. */
  readonly growth: number;
}

const sizes = [1_000, 10_000, 100_000, 1_000_000] as const;
/** Bytes decoded for each measure, so that small records are repeated often. */
const bytesEach = 1_000_000;

const event = {
  timestamp: 1767607200250,
  'gateway.type': 'canonical',
  'credential.id': 'key-17',
  'client.address': '198.51.100.7',
  'http.request.method': 'GET',
  'url.path': '/orders/1007',
  'http.response.status_code': 200,
};
const withField = (field: string, value: (bytes: number) => unknown) => (bytes: number) =>
  JSON.stringify({ ...event, [field]: value(bytes) });
const repeated = (piece: string) => (bytes: number) => piece.repeat(Math.ceil(bytes / piece.length));

/** What an attacker, or a broken shipper, can put into a record of any size. */
export const hostileShapes: Readonly<Record<string, (bytes: number) => string>> = {
  'deep nesting': (bytes) => `${'['.repeat(bytes / 2)}${']'.repeat(bytes / 2)}`,
  'unclosed nesting': repeated('{"a":'),
  'brackets in a text': withField('url.path', repeated('{[')),
  'many keys': (bytes) =>
    JSON.stringify({
      ...event,
      ...Object.fromEntries(Array.from({ length: bytes / 14 }, (_, n) => [`key${n}`, n % 10])),
    }),
  'long user agent': withField('user_agent.original', repeated('agent ')),
  'names and equals in a user agent': withField('user_agent.original', repeated('token=a ')),
  'Bearer in a user agent': withField('user_agent.original', repeated('Bearer ')),
  'quotes in a user agent': withField('user_agent.original', repeated('key="')),
  'starts of tokens in a path': withField('url.path', repeated('/eyJ')),
  'many segments': withField('url.path', repeated('/a')),
  'many query parameters': withField('url.path', (bytes) => `/a?${repeated('b=1&')(bytes)}`),
  'percent escapes': withField('url.path', repeated('/%41')),
  'broken percent escapes': withField('url.path', repeated('/%')),
  'colons and slashes in an id': withField('token.id', repeated('://a:')),
  'a list of texts': withField('token.scopes', (bytes) => Array.from({ length: bytes / 6 }, () => 'abc')),
  'commas in forwarded-for': (bytes) =>
    JSON.stringify({
      response_code: 200,
      response_flags: '-',
      start_time: '2026-01-05T10:00:00Z',
      x_forwarded_for: repeated('1.2.3.4,')(bytes),
    }),
  'angle brackets': repeated('<'),
  'text without an end': repeated('a b "'),
  'square bracket and quotes': repeated('[a] "b" '),
  'prefixes of syslog': repeated('2026-01-05T10:00:00Z edge gw[1]: '),
  'priorities of syslog': repeated('<134>Jan  5 10:00:01 edge gw[1]: '),
  'prefixes of a runtime': repeated('2026-01-05T10:00:00Z stdout F '),
  'structured data without an end': (bytes) => `<134>1 t h a p m ${repeated('[a b="\\')(bytes)}`,
  'a text in an envelope': (bytes) => JSON.stringify({ message: repeated('Jan  5 10:00:01 a b: ')(bytes) }),
  'many short lines': repeated('{"a":1}\n'),
  'objects without a gap': repeated('{"a":1}'),
  'escapes of a broken kind': (bytes) => `{"a":"${repeated('\\x41')(bytes)}"}`,
  'text in text in text': (bytes) => {
    let line = JSON.stringify(event);
    while (line.length * 2 < bytes) line = JSON.stringify({ message: line });
    return line;
  },
};

/** Cost per byte of each shape at each size. */
export function hostileRows(): HostileRow[] {
  const { hashKey: _, hashKeyFile: __, ...defaults } = decodeConfig.parse({});
  const decoder = createDecoder({
    ...defaults,
    maxRecordBytes: 4_194_304,
    hashKey: new Uint8Array(32).fill(1),
    history: true,
    trustedHops: 2,
  });
  const nsPerByte = (value: Uint8Array) => {
    const times = Math.max(1, Math.floor(bytesEach / value.byteLength));
    let best = Number.POSITIVE_INFINITY;
    for (let round = 0; round < 2; round += 1) {
      const start = process.hrtime.bigint();
      for (let n = 0; n < times; n += 1)
        decoder.decode({
          value,
          at: { kind: 'stdin', line: 1 },
          ingestTimeMs: 1767614400000,
          partition: 'hostile',
        });
      best = Math.min(best, Number(process.hrtime.bigint() - start) / times / value.byteLength);
    }
    return best;
  };
  return Object.entries(hostileShapes).map(([shape, record]) => {
    const [at1kB = 0, at10kB = 0, at100kB = 0, at1MB = 0] = sizes.map((bytes) =>
      nsPerByte(Buffer.from(record(bytes))),
    );
    return { shape, at1kB, at10kB, at100kB, at1MB, growth: at1MB / at10kB };
  });
}

/** Distinct routes that are left of so many distinct paths, words at each of their four positions. */
export function routesLeft(paths: number): number {
  const routes = new RouteTemplates();
  const words = Array.from({ length: 1000 }, (_, n) =>
    [...String(n).padStart(3, '0')].map((digit) => 'abcdefghij'[Number(digit)]).join(''),
  );
  const left = new Set<string>();
  for (let n = 0; n < paths; n += 1) {
    const last = `${words[Math.floor(n / 1e6)]}${words[Math.floor(n / 1e3) % 1e3]}${words[n % 1e3]}`;
    const path = `/${words[n % 49]}/${words[(n >> 3) % 47]}/${words[(n >> 6) % 43]}/${last}`;
    left.add(routes.of(path, 'GET').route);
  }
  return left.size;
}

if (import.meta.main) {
  console.table(
    hostileRows().map((row) =>
      Object.fromEntries(
        Object.entries(row).map(([name, value]) => [
          name,
          typeof value === 'number' ? Number(value.toFixed(2)) : value,
        ]),
      ),
    ),
  );
  const paths = 10_000_000;
  console.log(
    `${paths.toLocaleString('en-US')} distinct paths leave ${routesLeft(paths).toLocaleString('en-US')} routes`,
  );
}
