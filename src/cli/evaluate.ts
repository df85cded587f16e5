import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { Command } from 'commander';
import type { Model } from '../../schemas/model.ts';
import { reportHtml } from '../evaluation/html.ts';
import { reportMarkdown } from '../evaluation/markdown.ts';
import type { WorldOutcome } from '../evaluation/outcome.ts';
import { ablationOf, groupReport, type Report } from '../evaluation/report.ts';
import { type OtherModel, shippedId } from '../evaluation/rivals/other-model.ts';
import { reportText } from '../evaluation/text.ts';
import { type ConfigFlags, withConfigFlags } from './config-flags.ts';
import { modelsBeside } from './evaluate/beside.ts';
import { evaluateFiles } from './evaluate/files.ts';
import { type Plan, type PlannedGroup, planOf, reportSeed, rowNames } from './evaluate/plan.ts';
import { playAll } from './evaluate/pool.ts';
import type { Task } from './evaluate/worker.ts';
import { type Io, print, usageFailure } from './io.ts';
import { readModel } from './parts/model.ts';

interface Flags extends ConfigFlags {
  readonly quick?: boolean;
  readonly full?: boolean;
  readonly json?: boolean;
  readonly html?: string;
  readonly markdown?: string;
  readonly seeds?: string;
  readonly styles?: string;
  readonly fleet?: string;
  readonly threads: string;
  readonly ablation: boolean;
  readonly budget: boolean;
  readonly model?: string;
  readonly beside?: string;
  readonly date?: string;
  readonly events?: string[];
  readonly labels?: string;
  readonly format?: string;
}

/** `evaluate`: how much of the planted abuse the score finds, beside simpler scorers. */
export function evaluateCommand(io: Io): Command {
  return withConfigFlags(new Command('evaluate'))
    .description(
      'how much abuse is found at how many false alarms: on simulated worlds, or on labelled files',
    )
    .option('--quick', 'three small worlds, under three minutes on two cores (default)')
    .option('--full', 'all rows of the report, with the ablation table')
    .option('--seeds <list>', 'number of seeds a row, or the seeds: 5, or 61001,61002')
    .option('--styles <list>', `rows to play: ${rowNames.join(', ')}`)
    .option('--fleet <count>', 'credentials a world, in place of what the row says')
    .option('--threads <count>', 'worlds played at once', '2')
    .option('--no-ablation', 'leave out the table of switched-off parts')
    .option('--no-budget', 'leave out the clean worlds under several budgets')
    .option('--model <file>', 'another trained combination than the one that comes with the detectors')
    .option('--beside <file>', 'one more trained combination to compare with, on the same evidence')
    .option('--json', 'print the report as JSON')
    .option('--html <file>', 'write the report as one page with plots')
    .option('--markdown <file>', 'write the report as Markdown')
    .option('--date <day>', 'date to print in the report (default: today)')
    .option('--events <file...>', 'labelled files instead of simulated worlds: log lines in any known format')
    .option('--labels <file>', 'CSV with the columns credential,start,end,label[,scenario] or event.id,label')
    .option('--format <name>', 'take every line of --events as this format')
    .addHelpText(
      'after',
      `
Examples:
  bearerwatch evaluate                               the quick form
  bearerwatch evaluate --full --html report.html     every row, with plots
  bearerwatch evaluate --styles messy --seeds 5      one kind of world, five seeds
  bearerwatch evaluate --events access.log.gz --labels incidents.csv`,
    )
    .action(async (flags: Flags) => {
      if (flags.events !== undefined || flags.labels !== undefined) {
        if (flags.events === undefined || flags.labels === undefined)
          throw usageFailure('--events and --labels belong together; --help shows their form');
        return evaluateFiles({ ...flags, events: flags.events, labels: flags.labels }, io);
      }
      if (flags.quick === true && flags.full === true) throw usageFailure('choose --quick or --full');
      const report = await evaluateWorlds(flags, io);
      if (flags.html !== undefined) writeFileSync(flags.html, reportHtml(report));
      if (flags.markdown !== undefined) writeFileSync(flags.markdown, reportMarkdown(report));
      await print(io.stdout, flags.json === true ? `${JSON.stringify(report)}\n` : reportText(report));
    });
}

async function evaluateWorlds(flags: Flags, io: Io): Promise<Report> {
  const plan = planOf({
    full: flags.full === true,
    seeds: flags.seeds === undefined ? undefined : seedsOf(flags.seeds),
    styles: flags.styles?.split(',').map((name) => name.trim()),
    fleet: flags.fleet === undefined ? undefined : wholeNumber('--fleet', flags.fleet),
  });
  const model = readModel(flags.model);
  const { beside, withheld, leftOut } = modelsBeside(model, flags.beside);
  for (const reason of leftOut) io.stderr.write(`${reason}\n`);
  const groups = plan.groups.flatMap((group): PlayedGroup[] => {
    if (!group.withheld) return [{ ...group, model, beside }];
    const shipped = { id: shippedId, label: 'as shipped: trained on these too', model };
    return withheld === undefined ? [] : [{ ...group, model: withheld, beside: [shipped, ...beside] }];
  });
  if (groups.length === 0) throw usageFailure('no row is left to play');
  const tasks = tasksOf({ ...plan, groups }, flags, model);
  const started = performance.now();
  const results = await playAll(
    tasks,
    wholeNumber('--threads', flags.threads),
    (_task, { kind, outcome }) => {
      const what = kind === 'world' ? `${outcome.events} events` : 'budgets';
      io.stderr.write(`  ${outcome.style} ${outcome.seed}: ${outcome.fleet} credentials, ${what}\n`);
    },
  );
  const worlds = results.flatMap((result) => (result.kind === 'world' ? [result.outcome] : []));
  const waiting = worlds.values();
  const outcomes = groups.map((group) => waiting.take(group.worlds.length).toArray());
  const [cpu] = cpus();
  return {
    date: flags.date ?? new Date().toISOString().slice(0, 10),
    machine: `${cpus().length} × ${cpu?.model.trim() ?? 'unknown processor'}, Node ${process.versions.node}`,
    command: `bearerwatch evaluate --${plan.form}${flags.seeds === undefined ? '' : ` --seeds ${flags.seeds}`}${flags.styles === undefined ? '' : ` --styles ${flags.styles}`}${flags.fleet === undefined ? '' : ` --fleet ${flags.fleet}`}`,
    seconds: (performance.now() - started) / 1000,
    events: worlds.reduce((sum, { events }) => sum + events, 0),
    model: model.provenance,
    groups: groups.map((group, n) =>
      groupReport({ ...group, worlds: outcomes[n] as WorldOutcome[] }, group.model),
    ),
    // Of the shipped model only.
    ablation: ablationOf(outcomes.filter((_, n) => !groups[n]?.withheld).flat()),
    budget: results.flatMap((result) => (result.kind === 'budget' ? [result.outcome] : [])),
  };
}

/** Its model stands at the learning gate and scores; those beside score the same hours. */
interface PlayedGroup extends PlannedGroup {
  readonly model: Model;
  readonly beside: readonly OtherModel[];
}

function tasksOf(
  plan: Omit<Plan, 'groups'> & { readonly groups: readonly PlayedGroup[] },
  flags: Flags,
  shipped: Model,
): Task[] {
  const worlds = plan.groups.flatMap(({ worlds, model, beside, withheld }) =>
    worlds.map(
      (world): Task => ({
        kind: 'world',
        world,
        model,
        alertsPerThousand: 5,
        ablation: plan.form === 'full' && flags.ablation && !withheld,
        beside,
        forest: plan.forest,
      }),
    ),
  );
  const budgets = plan.budgetWorlds.map(
    (world): Task => ({ kind: 'budget', world, model: shipped, budgets: plan.budgets }),
  );
  return flags.budget ? [...worlds, ...budgets] : worlds;
}

function seedsOf(text: string): number[] {
  if (!text.includes(',') && wholeNumber('--seeds', text) <= 100)
    return Array.from({ length: wholeNumber('--seeds', text) }, (_, n) => reportSeed + n);
  return text.split(',').map((part) => wholeNumber('--seeds', part));
}

function wholeNumber(flag: string, text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1)
    throw usageFailure(`${flag} ${text}: must be a whole number from 1 up`);
  return value;
}
