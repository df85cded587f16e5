/** `npm run bench`: every figure beside its yardstick from the same run. `npm run bench -- decode engine` measures some. */
import { spawnSync } from 'node:child_process';
import { cpus } from 'node:os';
import { kafkaProgram } from '../test/integration/harness/kafka-broker.ts';
import { decodeRows } from './decode.bench.ts';
import { type EngineRow, engineCases } from './engine.bench.ts';
import { measureKafka } from './kafka.bench.ts';
import { measureReplay } from './replay.bench.ts';

const all = ['decode', 'engine', 'replay', 'kafka'] as const;
const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !(all as readonly string[]).includes(name));
if (unknown.length > 0) {
  console.error(`no benchmark ${unknown.join(', ')}; known: ${all.join(', ')}`);
  process.exit(2);
}
const wanted = asked.length === 0 ? all : asked;
const count = (value: number) => Math.round(value).toLocaleString('en-US');

console.log(`${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}, Node ${process.version}\n`);
for (const name of wanted) {
  if (name === 'decode') {
    console.log('| decode | bytes | µs a record | yardstick µs | ratio |\n|---|---|---|---|---|');
    for (const { format, bytes, nsPerRecord, nsYardstick, ratio } of decodeRows()) {
      console.log(
        `| ${format} | ${bytes} | ${(nsPerRecord / 1000).toFixed(2)} | ${(nsYardstick / 1000).toFixed(2)} | ${ratio.toFixed(1)} × |`,
      );
    }
  }
  if (name === 'engine') {
    console.log(
      '| engine, all detectors | µs an event | bytes a credential | resident MiB |\n|---|---|---|---|',
    );
    for (const { credentials } of engineCases) {
      // A process of its own for each, so that memory is that of this case alone.
      const run = spawnSync(process.execPath, ['bench/engine.bench.ts', `${credentials}`], {
        encoding: 'utf8',
      });
      const row = JSON.parse(run.stdout) as EngineRow;
      console.log(
        `| ${count(credentials)} credentials | ${row.usPerEvent.toFixed(2)} | ${row.bytesPerCredential} | ${count(row.residentMiB)} |`,
      );
    }
  }
  if (name === 'replay') {
    const row = measureReplay(300_000);
    console.log('| file to alerts | lines a second | JSON.parse of the same lines a second |\n|---|---|---|');
    console.log(
      `| replay, four gateways' lines | ${count(row.linesPerSecond)} | ${count(row.parsesPerSecond)} |`,
    );
  }
  if (name === 'kafka') {
    if (kafkaProgram.needed.length > 0) {
      console.log('kafka: not installed; npm run setup:integration installs it');
    } else {
      const row = await measureKafka(300_000);
      console.log(
        '| Kafka to alerts, one process | records a second | fetch and JSON.parse only | ratio |\n|---|---|---|---|',
      );
      console.log(
        `| one topic, 4 partitions | ${count(row.judgedPerSecond)} | ${count(row.parsedPerSecond)} | ${row.ratio.toFixed(2)} |`,
      );
    }
  }
  console.log('');
}
