/** Trains the learned combination on simulated worlds and writes detectors/model.json, or its floor. `npm run train -- --help` says how. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { derivedInputs, type Model, model as modelSchema } from '../schemas/model.ts';
import { calibrate } from '../src/training/calibrate.ts';
import { featureNames } from '../src/training/harvest.ts';
import { fullRecipe, genericRecipe, learnNetworks, type Recipe } from '../src/training/recipe.ts';
import { Samples } from '../src/training/samples.ts';
import { learnableScenarios, trainingWorld } from '../src/training/worlds.ts';
import { inThreads } from './in-threads.ts';
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
    withhold: { type: 'boolean', default: false },
    continue: { type: 'boolean', default: false },
    'calibrate-only': { type: 'boolean', default: false },
    out: { type: 'string' },
  },
});
if (flags.help) {
  console.log(`npm run train -- [--worlds N] [--validation N] [--rounds N] [--networks N] [--hidden N] [--days N] [--seed N]
                 [--threads N] [--date YYYY-MM-DD] [--generic-only] [--withhold] [--continue] [--calibrate-only] [--out FILE]

Plays N randomised worlds through the engine, learns to tell attacked hours from others, and calibrates
on further worlds. A second round plays them again with the first round's model at the learning gate.
It starts from nothing, so that the command alone gives the same file; --continue starts from the weights
that are there. --calibrate-only keeps the weights that are there and reads their thresholds anew.
--generic-only shows it no attack, only positives made from benign hours, and writes detectors/model-generic.json:
what the score is worth without any list of attacks, a row of bearerwatch evaluate.
--withhold shows it no attack of the families that are withheld, and writes detectors/model-withheld.json: what
the score is worth against attacks that nobody thought of, a row of bearerwatch evaluate.`);
  process.exit(0);
}

const seed = Number(flags.seed);
const days = Number(flags.days);
const width = featureNames.length + derivedInputs;
const genericOnly = flags['generic-only'];
const isWithheld = genericOnly || flags.withhold;
const bundled = genericOnly ? 'model-generic' : flags.withhold ? 'model-withheld' : 'model';
const out = flags.out ?? `detectors/${bundled}.json`;
const learnable = learnableScenarios(isWithheld);
const base = genericOnly ? genericRecipe : fullRecipe;
const recipe: Recipe = {
  ...base,
  networks: Number(flags.networks ?? base.networks),
  hidden: Number(flags.hidden ?? base.hidden),
};
/** Epochs of weights that only stand at the learning gate. */
const gateEpochs = 6;
const say = (text: string) => process.stderr.write(`${text}\n`);

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

function untrained(prior: Model['prior']): Model {
  return {
    version: 1,
    featureNames: [...featureNames],
    prior,
    networks: [
      {
        bias: -14,
        skip: [...featureNames.map(() => 0.5), 0.5, 0.5, 0],
        hidden: { weights: [], bias: [] },
        output: [],
      },
    ],
    calibration: { startThresholdBits: 6, stepBits: 0.3, coldThresholdBits: 6, rates: [] },
    provenance: { trainedAt: 'never', command: 'none', seeds: [], worlds: [], scenarios: [], figures: {} },
  };
}

/** Means over the worlds that measured the feature. */
function priorOf(results: readonly WorldResult[]): Model['prior'] {
  const average = (pick: (result: WorldResult) => Float64Array) =>
    featureNames.map((_, f) => {
      const known = results.map((r) => pick(r)[f] as number).filter((value) => !Number.isNaN(value));
      return known.length === 0
        ? 0
        : Number((known.reduce((sum, value) => sum + value, 0) / known.length).toPrecision(5));
    });
  return { mean: average((r) => r.mean), variance: average((r) => r.variance) };
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
  const { calibration, figures, rates, attacks, cleanDays, coldDays } = calibrate(validated);
  for (const { perThousand, bits, recall } of rates) {
    say(
      `  ${perThousand} per 1,000: ${bits.toFixed(2)} bits, recall ${recall.toFixed(3)} of ${attacks} attacks (${cleanDays} clean credential-days)`,
    );
  }
  say(
    `  ${calibration.coldThresholdBits.toFixed(2)} bits: one in two thousand of ${coldDays} clean days of cold credentials`,
  );
  report(validated, rates.find(({ perThousand }) => perThousand === 5)?.bits ?? 0);
  return { ...weights, calibration, provenance: { ...weights.provenance, figures } };
}

const trainingWorlds = Array.from({ length: Number(flags.worlds) }, (_, n) => optionsOf(n));
const validationWorlds = Array.from({ length: Number(flags.validation) }, (_, n) => optionsOf(500 + n));

/** Weights to go on from, when that was asked for. */
function known(): Model | undefined {
  if (!flags.continue && !flags['calibrate-only']) return undefined;
  if (!existsSync(out))
    throw new Error(`--continue and --calibrate-only need weights to start from, and ${out} is not there`);
  const parsed = modelSchema.parse(JSON.parse(readFileSync(out, 'utf8')));
  if (parsed.featureNames.join() !== featureNames.join())
    throw new Error(`${out} has other features than there are now; train it anew`);
  return parsed;
}

say('prior: two worlds');
let model =
  known() ??
  untrained(
    priorOf(
      await playAll(
        untrained({ mean: featureNames.map(() => 0.5), variance: featureNames.map(() => 0.5) }),
        'validate',
        trainingWorlds.slice(0, 2),
      ),
    ),
  );

if (flags['calibrate-only']) {
  writeFileSync(out, `${JSON.stringify(modelSchema.parse(await calibrated(model)))}\n`);
  say(`  written to ${out}`);
  process.exit(0);
}

for (let round = 1; round <= Number(flags.rounds); round += 1) {
  // All but the last round only give the learning gate a score: a third of the worlds does.
  const isLast = round === Number(flags.rounds);
  const share = isLast ? trainingWorlds.length : Math.ceil(trainingWorlds.length / 3);
  const worlds = trainingWorlds.slice(0, share);
  say(`round ${round}: playing ${worlds.length} worlds`);
  const results = await playAll(model, 'train', worlds);
  const samples = new Samples(width, 1 << 16);
  for (const { rows, labels, weights } of results) {
    for (let s = 0; s < labels.length; s += 1) {
      if (genericOnly && labels[s] === 1) continue;
      samples.add(rows.subarray(s * width, (s + 1) * width), labels[s] as number, weights[s] as number);
    }
  }
  const networks = learnNetworks(
    samples,
    worlds.length,
    isLast ? recipe : { ...recipe, networks: 1, epochs: Math.min(recipe.epochs, gateEpochs), floorBits: 0 },
    { samples: seed + round, networks: seed },
    (n, loss) =>
      say(`  network ${n + 1} of ${recipe.networks}: ${samples.count} samples, loss ${loss.toFixed(5)}`),
  );
  model = { ...model, prior: priorOf(results), networks };
  model = await calibrated(model);
  model = {
    ...model,
    provenance: {
      trainedAt: flags.date,
      command: `npm run train -- ${process.argv.slice(2).join(' ')}`.trim(),
      seeds: [...trainingWorlds, ...validationWorlds].map(({ seed: s }) => s),
      worlds: [...new Set(trainingWorlds.map(({ style }) => style))],
      scenarios: genericOnly ? [] : [...learnable],
      figures: model.provenance.figures,
    },
  };
  writeFileSync(out, `${JSON.stringify(modelSchema.parse(model))}\n`);
  say(`  written to ${out}`);
}
