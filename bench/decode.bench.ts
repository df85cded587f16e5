import { decodeConfig } from '../schemas/config/decode.ts';
import { createDecoder } from '../src/decode/decoder.ts';
import { calls, samples } from './decode-lines.ts';

export interface DecodeRow {
  readonly format: string;
  readonly bytes: number;
  readonly nsPerRecord: number;
  /** JSON.parse of the same bytes, text decoding included; for text lines a bare split at blanks. */
  readonly nsYardstick: number;
  readonly ratio: number;
}

const records = 20_000;
const rounds = 16;

/** Nanoseconds of this thread's processor time a record, in one round: waiting for a processor does not count. */
function nsOf(values: readonly Uint8Array[], work: (value: Uint8Array) => void): number {
  const before = process.threadCpuUsage();
  for (const value of values) work(value);
  const { user, system } = process.threadCpuUsage(before);
  return ((user + system) * 1000) / values.length;
}

/** The processor's clock ticks in milliseconds: only the mean of all rounds after the warm ones is exact. */
function warmMean(each: readonly number[]): number {
  const warm = each.slice(Math.floor(each.length / 4));
  return warm.reduce((sum, ns) => sum + ns, 0) / warm.length;
}

/** Cost of each format beside the least that any reader of the same bytes must do. */
export function decodeRows(only?: string): DecodeRow[] {
  const { hashKey: _, hashKeyFile: __, ...defaults } = decodeConfig.parse({});
  const decoder = createDecoder({ ...defaults, hashKey: new Uint8Array(32).fill(1), history: true });
  const utf8 = new TextDecoder();
  const logged = calls(records);
  let kept = 0;
  const chosen = samples.filter(([format]) => only === undefined || format === only);
  return chosen.map(([format, line]) => {
    const lines = logged.map(line);
    const isText = typeof lines[0] === 'string';
    const values = lines.map((one) => Buffer.from(typeof one === 'string' ? one : JSON.stringify(one)));
    const yardstick = (value: Uint8Array) => {
      const text = utf8.decode(value);
      kept += isText ? text.split(' ').length : Object.keys(JSON.parse(text)).length;
    };
    const ours = (value: Uint8Array) => {
      const { events } = decoder.decode({
        value,
        at: { kind: 'stdin', line: 1 },
        ingestTimeMs: 1767614400000,
        partition: format,
      });
      kept += events.length;
    };
    const yardsticks: number[] = [];
    const each: number[] = [];
    // Turn about, so that whatever else the machine does slows both alike.
    for (let round = 0; round < rounds; round += 1) {
      yardsticks.push(nsOf(values, yardstick));
      each.push(nsOf(values, ours));
    }
    const nsYardstick = warmMean(yardsticks);
    const nsPerRecord = warmMean(each);
    if (kept === 0) throw new Error(`${format}: nothing was decoded`);
    const bytes = Math.round(values.reduce((sum, { byteLength }) => sum + byteLength, 0) / values.length);
    return { format, bytes, nsPerRecord, nsYardstick, ratio: nsPerRecord / nsYardstick };
  });
}

if (import.meta.main) console.table(decodeRows(process.argv[2]));
