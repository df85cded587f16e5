import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { canonicalLine, cloudtrailLine, envoyLine, jwt, kongLine, nginxLine } from '../decode/decoding.ts';
import { clouds } from '../decode/formats/variants/clouds.ts';
import { gateways } from '../decode/formats/variants/gateways.ts';
import { proxies } from '../decode/formats/variants/proxies.ts';
import { otlpBytes } from '../decode/otlp-writer.ts';
import { gatewayLines } from './gateway-lines.ts';

const dockerPart = (log: string) => ({ log, stream: 'stdout', time: '2026-01-05T10:00:01.5Z' });
const corpus = join(import.meta.dirname, 'corpus');
const mostRealLines = 40;
/** Short records are many records: evolution needs numbers. */
const longestSeed = 4096;

/** Where evolution starts: a line of each format, the kept finds, and real lines where they are at hand. */
export function seeds(): Uint8Array[] {
  const own = [
    envoyLine,
    { ...envoyLine, authorization: `Bearer ${jwt({ iss: 'i', sub: 's', scope: 'a b' })}` },
    nginxLine,
    kongLine,
    cloudtrailLine,
    canonicalLine,
    { Records: [cloudtrailLine] },
    ...gatewayLines,
    ...[...proxies, ...gateways, ...clouds].flatMap(({ line }) => (line instanceof Uint8Array ? [] : [line])),
    dockerPart('{"response_code":'),
    dockerPart('200}\n'),
  ].map((line) => Buffer.from(typeof line === 'string' ? line : JSON.stringify(line)));
  const batch = otlpBytes([
    {
      timeMs: 1767607200250,
      body: { a: ['b', 1, true] },
      attributes: { 'http.method': 'GET', 'http.target': '/a' },
    },
    { timeMs: 1767607200250, body: '{"a":1}', attributes: envoyLine },
  ]);
  const kept = readdirSync(corpus).map((name) => readFileSync(join(corpus, name)));
  return [...own, batch, ...kept, ...realLines()];
}

function realLines(): Uint8Array[] {
  const folder = join(process.env['BEARERWATCH_DATA'] ?? '../shared/data', 'gateway-lines');
  if (!existsSync(folder)) return [];
  return readdirSync(folder).flatMap((name) =>
    readFileSync(join(folder, name), 'utf8')
      .split('\n')
      .filter((line) => line !== '' && line.length <= longestSeed)
      .slice(0, mostRealLines)
      .map((line) => Buffer.from(line)),
  );
}
