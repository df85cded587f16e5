/** Trains the combination without each scenario in turn and looks for that scenario's attacks. `npm run evaluate:leave-one-out -- --help` says how. */
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { type Model, model as modelSchema } from '../schemas/model.ts';
import { playAll } from '../src/cli/evaluate/pool.ts';
import { allScenariosId, leaveOneOut, leftOutId } from '../src/evaluation/leave-one-out.ts';
import {
  type LeaveOneOutReport,
  leaveOneOutMarkdown,
  leftOutTable,
  type PlayedWorlds,
  summaryOf,
} from '../src/evaluation/leave-one-out-markdown.ts';
import { table } from '../src/evaluation/text.ts';
import { createRandom } from '../src/simulation/random.ts';
import { featureNames } from '../src/training/harvest.ts';
import { learntScenarios, sharedRows } from '../src/training/left-out.ts';
import { fullRecipe, type Recipe } from '../src/training/recipe.ts';
import { learnableScenarios, trainingWorld } from '../src/training/worlds.ts';
import { inThreads } from './in-threads.ts';
import type { TrainResult, TrainTask } from './train-networks.ts';
import type { WorldResult, WorldTask } from './train-world.ts';

const { values: flags } = parseArgs({
  options: {
    help: { type: 'boolean' },
    worlds: { type: 'string', default: '10' },
    validation: { type: 'string', default: '10' },
    hidden: { type: 'string', default: '24' },
    epochs: { type: 'string', default: '8' },
    days: { type: 'string', default: '22' },
    seed: { type: 'string', default: '2000' },
    threads: { type: 'string', default: '2' },
    scenarios: { type: 'string' },
    model: { type: 'string', default: 'detectors/model.json' },
    markdown: { type: 'string' },
    json: { type: 'string' },
    date: { type: 'string', default: new Date().toISOString().slice(0, 10) },
  },
});
if (flags.help) {
  console.log(`npm run evaluate:leave-one-out -- [--worlds N] [--validation N] [--hidden N] [--epochs N] [--days N] [--seed N]
                 [--threads N] [--scenarios LIST] [--model FILE] [--markdown FILE] [--json FILE] [--date YYYY-MM-DD]

Plays N worlds once and keeps their samples, trains a short combination on all of them and one without
each scenario in turn, then plays the validation worlds once with all of these beside each other. The table
sets what each finds of the scenario it never saw against z² with the same features. --model steers
what the engine learns from; --scenarios a,b leaves out only these.`);
  process.exit(0);
}

const started = performance.now();
const seed = whole('--seed', flags.seed);
const threads = whole('--threads', flags.threads);
const days = whole('--days', flags.days);
const recipe: Recipe = {
  ...fullRecipe,
  networks: 1,
  hidden: whole('--hidden', flags.hidden),
  epochs: whole('--epochs', flags.epochs),
  blindedTimes: 1,
};
const gate = gateModel(flags.model);
const learnable = learnableScenarios(false);
const training = Array.from({ length: whole('--worlds', flags.worlds) }, (_, n) =>
  trainingWorld(seed, n, days, learnable),
);
const validation = Array.from({ length: whole('--validation', flags.validation) }, (_, n) =>
  trainingWorld(seed, 500 + n, days, learnable),
);

say(`playing ${training.length} worlds for training`);
const played = await inThreads<WorldTask, WorldResult>(
  new URL('./train-world.ts', import.meta.url),
  training.map((options) => ({ options, model: gate, purpose: 'train' })),
  threads,
  ({ options }, { events, attacks, labels, seconds }, done) =>
    say(
      `  ${done} of ${training.length}: ${options.style} ${options.seed}, ${events} events, ${attacks} attacks, ${labels.length} samples, ${seconds.toFixed(0)} s`,
    ),
);
const shared = sharedRows(played);
const scenarios = chosen(learntScenarios(shared));

say(`training with all scenarios and without each of ${scenarios.length}`);
const trained = await inThreads<TrainTask, TrainResult>(
  new URL('./train-networks.ts', import.meta.url),
  [[], ...scenarios.map((scenario) => [scenario])].map((without) => ({
    shared,
    without,
    recipe,
    seeds: { samples: seed, networks: seed },
  })),
  threads,
  ({ without: [scenario] }, { samples, seconds }, done) =>
    say(
      `  ${done} of ${scenarios.length + 1}: ${scenario === undefined ? 'all scenarios' : `without ${scenario}`}, ${samples} samples, ${seconds.toFixed(0)} s`,
    ),
);
const combinations = trained.map(({ networks }, n) => {
  const scenario = [null, ...scenarios][n] as string | null;
  const id = scenario === null ? allScenariosId : leftOutId(scenario);
  return { id, label: id, model: { ...gate, networks } };
});

say(`playing ${validation.length} worlds for validation`);
let judged = 0;
const results = await playAll(
  validation.map((world) => ({
    kind: 'world',
    world,
    model: gate,
    alertsPerThousand: 5,
    ablation: false,
    beside: combinations,
    forest: null,
  })),
  threads,
  (_task, { outcome }) => {
    judged += 1;
    say(`  ${judged} of ${validation.length}: ${outcome.style} ${outcome.seed}`);
  },
);
const worlds = results.flatMap((result) => (result.kind === 'world' ? [result.outcome] : []));
const report: LeaveOneOutReport = {
  date: flags.date,
  machine: `${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown processor'}, Node ${process.versions.node}`,
  command: `npm run evaluate:leave-one-out -- ${process.argv.slice(2).join(' ')}`.replace(/ -- $/, ''),
  seconds: (performance.now() - started) / 1000,
  training: playedOf(training),
  validation: playedOf(validation),
  features: featureNames.length,
  samples: (trained[0] as TrainResult).samples,
  cleanDays: worlds.reduce((sum, { cleanDays }) => sum + (cleanDays[0] as Float32Array).length, 0),
  hidden: recipe.hidden,
  epochs: recipe.epochs,
  gate: `${flags.model}, trained ${gate.provenance.trainedAt}`,
  rows: leaveOneOut(worlds, scenarios, createRandom(seed).stream('leave one out')),
};
if (flags.markdown !== undefined) writeFileSync(flags.markdown, leaveOneOutMarkdown(report));
if (flags.json !== undefined) writeFileSync(flags.json, `${JSON.stringify(report, null, 1)}\n`);
console.log(`${leftOutTable(report.rows, table)}\n\n${summaryOf(report)}`);

function playedOf(worlds: readonly ReturnType<typeof trainingWorld>[]): PlayedWorlds {
  return {
    seeds: worlds.map((options) => options.seed),
    styles: [...new Set(worlds.map(({ style }) => style))],
  };
}

function gateModel(file: string): Model {
  const parsed = modelSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  if (parsed.featureNames.join() !== featureNames.join())
    fail(`${file} was trained for other features; train it again with npm run train, or name another`);
  return parsed;
}

function chosen(known: readonly string[]): readonly string[] {
  if (flags.scenarios === undefined) return known;
  const wanted = flags.scenarios.split(',').map((name) => name.trim());
  const unknown = wanted.filter((name) => !known.includes(name));
  if (unknown.length > 0)
    fail(
      `--scenarios ${unknown.join(',')}: these worlds taught nothing of it; known are ${known.join(', ')}`,
    );
  return wanted;
}

function whole(flag: string, text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) fail(`${flag} ${text}: must be a whole number from 1 up`);
  return value;
}

function fail(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(2);
}

function say(text: string): void {
  process.stderr.write(`${((performance.now() - started) / 1000).toFixed(0).padStart(5)} s  ${text}\n`);
}
