import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { BlockCoverage } from './coverage.ts';
import { evolve } from './evolve.ts';
import { seeds } from './seeds.ts';

const { values } = parseArgs({
  options: {
    help: { type: 'boolean', default: false },
    executions: { type: 'string', default: '1000000' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000_007) },
    /** Folder for the records that broke a promise. */
    out: { type: 'string', default: '.' },
  },
});
if (values.help) {
  console.log(`npm run fuzz -- [--executions N] [--seed N] [--out FOLDER]

Feeds the decode stage records that grow from real ones, guided by the blocks of src/decode they reach.
A record that breaks a promise (a throw, a secret that survives, a cost out of proportion) is written to
FOLDER. The same seed gives the same records. Ends with 1 when something was found.`);
  process.exit(0);
}
const seed = Number(values.seed);
const start = performance.now();
let shown = 0;
let written = 0;
const { executions, blocks, population, findings } = evolve({
  executions: Number(values.executions),
  seed,
  seeds: seeds(),
  coverage: new BlockCoverage('/src/decode/'),
  onFinding({ why, bytes }) {
    const file = `${values.out}/fuzz-${seed}-${written}.bin`;
    writeFileSync(file, bytes);
    written += 1;
    console.log(`FOUND ${why}: ${file}`);
  },
  onProgress(done, reached, members, found) {
    if (done - shown < 50_000) return;
    shown = done;
    const perSecond = Math.round((done / (performance.now() - start)) * 1000);
    console.log(
      `${done} executions, ${perSecond}/s, ${reached} blocks, population ${members}, ${found} findings`,
    );
  },
});
const seconds = ((performance.now() - start) / 1000).toFixed(0);
console.log(
  `${executions} executions in ${seconds} s with seed ${seed}: ${blocks} blocks of src/decode reached, population ${population.length}, ${findings.length} findings`,
);
process.exitCode = findings.length > 0 ? 1 : 0;
