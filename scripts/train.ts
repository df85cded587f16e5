/** Trains the learned combination on simulated worlds and writes its files in detectors/. `npm run train -- --help` says how. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Model, model as modelSchema } from '../schemas/model.ts';
import { type ScenarioId, withheldScenarios } from '../src/simulation/attacks/index.ts';
import { calibrate } from '../src/training/calibrate.ts';
import { featureNames } from '../src/training/harvest.ts';
import { learntScenarios, type SharedRows, sharedRows } from '../src/training/left-out.ts';
import { priorOf, untrained } from '../src/training/prior.ts';
import { fullRecipe, genericRecipe, type Recipe } from '../src/training/recipe.ts';
import { firstDaysOnly, learnableScenarios, trainingWorld } from '../src/training/worlds.ts';
import { inThreads } from './in-threads.ts';
import type { TrainResult, TrainTask } from './train-networks.ts';
import type { WorldResult, WorldTask } from './train-world.ts';

const { values: flags } = parseArgs({
  options: {
    help: { type: 'boolean' },
    worlds: { type: 'string', default: '30' },
    validation: { type: 'string', default: '4' },
    rounds: { type: 'string', default: '2' },
    networks: { type: 'string' },
    hidden: { type: 'string' },
    days: { type: 'string', default: '22' },
    seed: { type: 'string', default: '1000' },
    threads: { type: 'string', default: '2' },
    date: { type: 'string', default: 'undated' },
    'generic-only': { type: 'boolean', default: false },
    continue: { type: 'boolean', default: false },
    'calibrate-only': { type: 'boolean', default: false },
    folder: { type: 'string', default: 'detectors' },
  },
});
if (flags.help) {
  console.log(`npm run train -- [--worlds N] [--validation N] [--rounds N] [--networks N] [--hidden N] [--days N] [--seed N]
                 [--threads N] [--date YYYY-MM-DD] [--generic-only] [--continue] [--calibrate-only] [--folder FOLDER]

Plays N randomised worlds through the engine, learns to tell attacked hours from others, and calibrates
on further worlds. A second round plays them again with the first round's model at the learning gate.
It starts from nothing, so that the command alone gives the same files; --continue starts from the weights
that are there. --calibrate-only keeps the weights that are there and reads their thresholds anew.
Written to FOLDER: model.json, and model-withheld.json, from the same worlds without what they show of the
families that are withheld: what the score is worth against attacks that nobody thought of, a row of
bearerwatch evaluate. With --generic-only model-generic.json alone: no attack, only positives made from benign
hours; what the score is worth without any list of attacks, a row too.`);
  process.exit(0);
}

const seed = Number(flags.seed);
const days = Number(flags.days);
const genericOnly = flags['generic-only'];
const learnable = learnableScenarios(genericOnly);
const base = genericOnly ? genericRecipe : fullRecipe;
const recipe: Recipe = {
  ...base,
  networks: Number(flags.networks ?? base.networks),
  hidden: Number(flags.hidden ?? base.hidden),
};
/** Between the seeds of a variant's networks. */
const networkStride = 7919;
/** Epochs of weights that only stand at the learning gate. */
const gateEpochs = 6;
const say = (text: string) => process.stderr.write(`${text}\n`);

interface Variant {
  readonly file: string;
  /** Scenarios whose rows it does not see. */
  readonly without: readonly ScenarioId[];
}

const fileOf = (name: string) => join(flags.folder, `${name}.json`);
const variants: readonly Variant[] = genericOnly
  ? [{ file: fileOf('model-generic'), without: learnable }]
  : [
      { file: fileOf('model'), without: [] },
      { file: fileOf('model-withheld'), without: withheldScenarios },
    ];
const leading = variants[0] as Variant;

const optionsOf = (n: number) => trainingWorld(seed, n, days, learnable);

function playAll(
  model: Model,
  purpose: WorldTask['purpose'],
  worlds: readonly WorldTask['options'][],
): Promise<WorldResult[]> {
  return inThreads<WorldTask, WorldResult>(
    new URL('./train-world.ts', import.meta.url),
    worlds.map((options) => ({ options, model, purpose })),
    Number(flags.threads),
    ({ options }, { events, benignHours, attacks, episodes, seconds }) =>
      say(
        `  ${purpose} world ${options.seed} ${options.style}: ${events} events, ${benignHours} benign hours, ${attacks || episodes.length} attacks, ${seconds.toFixed(0)} s`,
      ),
  );
}

function report(results: readonly WorldResult[], bits: number): void {
  const scenarios = new Map<string, { found: number; all: number }>();
  for (const { scenario, best, violation } of results.flatMap((r) => r.episodes)) {
    if (violation) continue;
    const row = scenarios.get(scenario) ?? { found: 0, all: 0 };
    row.all += 1;
    if (best > bits) row.found += 1;
    scenarios.set(scenario, row);
  }
  for (const [scenario, { found, all }] of [...scenarios].sort()) say(`    ${scenario}: ${found}/${all}`);
}

/** The weights with thresholds and figures read off the worlds for validation. */
async function calibrated(weights: Model): Promise<Model> {
  say('  validation');
  const validated = await playAll(weights, 'validate', validationWorlds);
  const begun = await playAll(weights, 'validate', begunWorlds);
  const { calibration, figures, rates, attacks, cleanDays, coldDays } = calibrate(validated, begun);
  for (const { perThousand, bits, recall } of rates) {
    say(
      `  ${perThousand} per 1,000: ${bits.toFixed(2)} bits, recall ${recall.toFixed(3)} of ${attacks} attacks (${cleanDays} clean credential-days)`,
    );
  }
  say(
    `  ${calibration.coldThresholdBits.toFixed(2)} bits: one in two thousand of ${coldDays} clean days of cold credentials in young worlds`,
  );
  report(validated, rates.find(({ perThousand }) => perThousand === 5)?.bits ?? 0);
  return { ...weights, calibration, provenance: { ...weights.provenance, figures } };
}

const trainingWorlds = Array.from({ length: Number(flags.worlds) }, (_, n) => optionsOf(n));
const validationWorlds = Array.from({ length: Number(flags.validation) }, (_, n) => optionsOf(500 + n));
/** Where nobody is known yet and every clean day is a cold one: two rounds of the kinds of worlds hold eight. */
const begunWorlds = Array.from({ length: 34 }, (_, n) => 500 + n)
  .filter(firstDaysOnly)
  .map(optionsOf);

/** Weights to go on from, when that was asked for. */
function known({ file }: Variant): Model | undefined {
  if (!flags.continue && !flags['calibrate-only']) return undefined;
  if (!existsSync(file))
    throw new Error(`--continue and --calibrate-only need weights to start from, and ${file} is not there`);
  const parsed = modelSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  if (parsed.featureNames.join() !== featureNames.join())
    throw new Error(`${file} has other features than there are now; train it anew`);
  return parsed;
}

function write(file: string, model: Model): void {
  writeFileSync(file, `${JSON.stringify(modelSchema.parse(model))}\n`);
  say(`  written to ${file}`);
}

/** The networks of every variant, each network in a thread of its own on rows that all share. */
async function networksOf(
  shared: SharedRows,
  of: readonly Variant[],
  how: Recipe,
  samplesSeed: number,
): Promise<Model['networks'][]> {
  const present = learntScenarios(shared);
  const tasks = of.flatMap(({ without }) =>
    Array.from({ length: how.networks }, (_, n) => ({
      shared,
      without: without.filter((scenario) => present.includes(scenario)),
      recipe: { ...how, networks: 1 },
      seeds: { samples: samplesSeed, networks: seed + n * networkStride },
    })),
  );
  const trained = await inThreads<TrainTask, TrainResult>(
    new URL('./train-networks.ts', import.meta.url),
    tasks,
    Number(flags.threads),
    (_task, { samples, loss, seconds }, done) =>
      say(
        `  network ${done} of ${tasks.length}: ${samples} samples, loss ${loss.toFixed(5)}, ${seconds.toFixed(0)} s`,
      ),
  );
  return of.map((_, v) =>
    trained.slice(v * how.networks, (v + 1) * how.networks).flatMap(({ networks }) => networks),
  );
}

if (flags['calibrate-only']) {
  for (const variant of variants) write(variant.file, await calibrated(known(variant) as Model));
  process.exit(0);
}

say('prior: two worlds');
let model =
  known(leading) ??
  untrained(
    priorOf(
      await playAll(
        untrained({ mean: featureNames.map(() => 0.5), variance: featureNames.map(() => 0.5) }),
        'validate',
        trainingWorlds.slice(0, 2),
      ),
    ),
  );

for (let round = 1; round <= Number(flags.rounds); round += 1) {
  // All but the last round only give the learning gate a score: a third of the worlds does.
  const isLast = round === Number(flags.rounds);
  const share = isLast ? trainingWorlds.length : Math.ceil(trainingWorlds.length / 3);
  const worlds = trainingWorlds.slice(0, share);
  say(`round ${round}: playing ${worlds.length} worlds`);
  const results = await playAll(model, 'train', worlds);
  const prior = priorOf(results);
  const shared = sharedRows(results);
  const trained = isLast ? variants : [leading];
  const how = isLast
    ? recipe
    : { ...recipe, networks: 1, epochs: Math.min(recipe.epochs, gateEpochs), floorBits: 0 };
  const networks = await networksOf(shared, trained, how, seed + round);
  for (const [v, { file, without }] of trained.entries()) {
    const judged = await calibrated({ ...model, prior, networks: networks[v] as Model['networks'] });
    const finished = {
      ...judged,
      provenance: {
        trainedAt: flags.date,
        command: `npm run train -- ${process.argv.slice(2).join(' ')}`.trim(),
        seeds: [...trainingWorlds, ...validationWorlds].map(({ seed: s }) => s),
        worlds: [...new Set(trainingWorlds.map(({ style }) => style))],
        scenarios: learnable.filter((scenario) => !without.includes(scenario)),
        figures: judged.provenance.figures,
      },
    };
    write(file, finished);
    if (!isLast) model = finished;
  }
}
