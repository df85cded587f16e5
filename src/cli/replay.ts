import { Command } from 'commander';
import type { Alert } from '../../schemas/alert.ts';
import { alertBlock } from '../alerting/alert-text.ts';
import { printableJson } from '../alerting/printable.ts';
import type { BatchFigures } from '../pipeline/meter.ts';
import { noMeter } from '../pipeline/meter.ts';
import { createPipeline } from '../pipeline.ts';
import { stopOnSignals } from '../shutdown.ts';
import type { Sink } from '../sinks/sink.ts';
import { type ConfigFlags, readConfig, withConfigFlags, withMappingFlag } from './config-flags.ts';
import { colorsOf, exitCodes, type Io, print, runFailure } from './io.ts';
import { type JsonLinesFile, jsonLinesFile } from './json-lines-file.ts';
import { decodeStageForFiles } from './parts/decoder.ts';
import { engineFrom } from './parts/engine.ts';
import { filesSource, mustNotBeRead } from './parts/files.ts';
import { formatNames } from './parts/mappings.ts';
import { progressOn } from './progress.ts';

interface Flags extends ConfigFlags {
  readonly alerts?: string;
  readonly scores?: string;
  readonly format?: string;
  readonly json?: boolean;
}

/** `replay FILE…`: past events through today's engine, as fast as it can, in event time. */
export function replayCommand(io: Io): Command {
  return withMappingFlag(withConfigFlags(new Command('replay')))
    .description("history through today's engine, as fast as it can, in event time")
    .argument('<file...>', 'log files in order of time, gzip or zstd or plain; - for standard input')
    .option('--alerts <file>', 'write alerts there as JSON lines, the last state of each')
    .option('--scores <file>', 'write one JSON line for every hour in which a credential was active')
    .option(
      '--format <name>',
      `take every line as this format instead of finding it: ${formatNames.join(', ')}`,
    )
    .option('--json', 'print the summary as JSON on standard output')
    .addHelpText(
      'after',
      `
Nothing is learnt for later and nothing is sent: the state folder, sinks and server of the configuration
are left alone. Without --alerts the alerts are told on standard output.

Examples:
  bearerwatch replay access.log.2.gz access.log.1.gz access.log
  bearerwatch replay history.jsonl --alerts alerts.jsonl --scores scores.jsonl --json
  zcat trail/*.json.gz | bearerwatch replay - --format cloudtrail --set alerts.perDay=2`,
    )
    .action(async (files: string[], flags: Flags) => {
      const { config } = readConfig(flags, io);
      mustNotBeRead('--alerts', flags.alerts, files);
      mustNotBeRead('--scores', flags.scores, files);
      const source = await filesSource(config, files, io, flags.format);
      const engine = engineFrom(config, { scores: flags.scores !== undefined, simulated: false });
      const scores = flags.scores === undefined ? undefined : await jsonLinesFile(flags.scores);
      const alertsFile = flags.alerts === undefined ? undefined : await jsonLinesFile(flags.alerts);
      const alerts = new Map<string, Alert>();
      const totals = newTotals();
      const progress = progressOn(io.stderr);
      const decodeStage = await decodeStageForFiles(config, io, flags.format);
      const startedMs = performance.now();
      using stop = stopOnSignals(process, {
        deadlineMs: config.shutdown.deadlineMs,
        onStop() {},
        onGiveUp: () => io.exit(exitCodes.failed),
      });
      const pipeline = createPipeline({
        source,
        decodeStage,
        engine,
        sinks: [collector(alerts, scores)],
        store: undefined,
        checkpoint: config.checkpoint,
        keepEvents: false,
        finite: true,
        meter: {
          ...noMeter,
          batch(figures) {
            add(totals, figures);
            progress.show(totals, performance.now() - startedMs, alerts.size);
          },
        },
        logger: { info() {}, warn: progress.warn, error: progress.warn },
        clock: () => performance.now(),
      });
      try {
        await pipeline.run(stop.signal, new AbortController().signal);
      } finally {
        progress.clear();
        await decodeStage.close();
        await scores?.close();
        await alertsFile?.write(byTime(alerts));
        await alertsFile?.close();
      }
      const seconds = (performance.now() - startedMs) / 1000;
      const summary = summaryOf(totals, alerts, seconds, engine.figures().credentials);
      if (flags.json === true) await print(io.stdout, `${JSON.stringify(summary)}\n`);
      else if (alertsFile === undefined) await tell(byTime(alerts), io);
      await print(io.stderr, summaryText(summary));
      if (stop.signal.aborted)
        throw runFailure('stopped before the end of the input; what was found until then is written');
    });
}

/** The last state of each alert: a replay's reader wants the end of the story. */
function collector(alerts: Map<string, Alert>, scores: JsonLinesFile | undefined): Sink {
  return {
    name: 'replay',
    async deliver(delivery) {
      for (const alert of delivery.alerts) alerts.set(alert.id, alert);
      await scores?.write(delivery.scores);
    },
    problem: () => undefined,
    async close() {},
  };
}

const byTime = (alerts: ReadonlyMap<string, Alert>) =>
  [...alerts.values()].sort((a, b) => a.raisedAtMs - b.raisedAtMs || (a.id < b.id ? -1 : 1));

async function tell(alerts: readonly Alert[], io: Io): Promise<void> {
  const colors = colorsOf(io, io.stdout);
  for (const alert of alerts) {
    // A terminal reads blocks, a pipe reads lines.
    await print(
      io.stdout,
      io.stdout.isTTY === true ? `${alertBlock(alert, colors)}\n` : `${printableJson(alert)}\n`,
    );
  }
}

interface Totals {
  records: number;
  events: number;
  bytes: number;
  skipped: number;
  readonly byFormat: Map<string, number>;
  readonly outcomes: Map<string, number>;
  readonly refused: Map<string, number>;
}

const newTotals = (): Totals => ({
  records: 0,
  events: 0,
  bytes: 0,
  skipped: 0,
  byFormat: new Map(),
  outcomes: new Map(),
  refused: new Map(),
});

function add(totals: Totals, { records, bytes, skipped, events, refused }: BatchFigures): void {
  totals.records += records;
  totals.bytes += bytes;
  totals.skipped += skipped;
  for (const [format, outcomes] of events) {
    for (const [outcome, count] of outcomes) {
      totals.events += count;
      raise(totals.byFormat, format, count);
      raise(totals.outcomes, outcome, count);
    }
  }
  for (const [reason, count] of refused) raise(totals.refused, reason, count);
}

const raise = (table: Map<string, number>, key: string, by: number) =>
  table.set(key, (table.get(key) ?? 0) + by);

function summaryOf(totals: Totals, alerts: ReadonlyMap<string, Alert>, seconds: number, credentials: number) {
  const byFamily = new Map<string, number>();
  for (const { family } of alerts.values()) raise(byFamily, family, 1);
  return {
    records: totals.records,
    events: totals.events,
    skipped: totals.skipped,
    refused: Object.fromEntries(totals.refused),
    outcomes: Object.fromEntries(totals.outcomes),
    formats: Object.fromEntries(totals.byFormat),
    credentials,
    alerts: alerts.size,
    alertsByFamily: Object.fromEntries(byFamily),
    seconds: Number(seconds.toFixed(3)),
    recordsPerSecond: Math.round(totals.records / Math.max(seconds, 0.001)),
  };
}

function summaryText(summary: ReturnType<typeof summaryOf>): string {
  const list = (table: Readonly<Record<string, number>>) =>
    Object.entries(table)
      .map(([name, count]) => `${count} ${name}`)
      .join(', ');
  const lines = [
    `${summary.records} records, ${summary.events} events (${list(summary.formats) || 'none'}) of ${summary.credentials} credentials in ${summary.seconds} s`,
    `${summary.alerts} alerts${summary.alerts === 0 ? '' : `: ${list(summary.alertsByFamily)}`}`,
  ];
  const refused = list(summary.refused);
  if (refused !== '') lines.push(`refused: ${refused}; see them with bearerwatch decode`);
  return `${lines.join('\n')}\n`;
}
