import { readFileSync } from 'node:fs';
import type { Alert } from '../../../schemas/alert.ts';
import type { ScoreLine } from '../../../schemas/score-line.ts';
import { printable } from '../../alerting/printable.ts';
import {
  attacksOf,
  type LabelledReport,
  labelledReport,
  unscoredAttacks,
} from '../../evaluation/labelled.ts';
import { parseLabels } from '../../evaluation/labels.ts';
import { table } from '../../evaluation/text.ts';
import { noMeter } from '../../pipeline/meter.ts';
import { createPipeline } from '../../pipeline.ts';
import { type ConfigFlags, readConfig } from '../config-flags.ts';
import { type Io, messageOf, print, usageFailure } from '../io.ts';
import { decodeStageForFiles } from '../parts/decoder.ts';
import { engineFrom } from '../parts/engine.ts';
import { filesSource } from '../parts/files.ts';
import { progressOn } from '../progress.ts';

export interface LabelledFlags extends ConfigFlags {
  readonly events: readonly string[];
  readonly labels: string;
  readonly format?: string;
  readonly json?: boolean;
}

interface SeenEvent {
  readonly eventId: string;
  readonly credentialId: string;
  readonly timestampMs: number;
}

/** Labelled log files through the same decoders and engine as `replay`. */
export async function evaluateFiles(flags: LabelledFlags, io: Io): Promise<void> {
  const labels = readLabels(flags.labels);
  const { config } = readConfig(flags, io);
  const seen: SeenEvent[] = [];
  const progress = progressOn(io.stderr);
  const alerts = new Map<string, Alert>();
  const scores: ScoreLine[] = [];
  const source = await filesSource(config, flags.events, io, flags.format);
  const decodeStage = await decodeStageForFiles(config, io, flags.format);
  const pipeline = createPipeline({
    source,
    decodeStage,
    engine: engineFrom(config, { scores: true, simulated: false }),
    sinks: [
      {
        name: 'evaluate',
        async deliver(delivery) {
          for (const alert of delivery.alerts) alerts.set(alert.id, alert);
          for (const line of delivery.scores) scores.push(line);
          for (const { eventId, credentialId, timestampMs } of delivery.events)
            if (labels.events.has(eventId)) seen.push({ eventId, credentialId, timestampMs });
        },
        problem: () => undefined,
        async close() {},
      },
    ],
    store: undefined,
    checkpoint: config.checkpoint,
    keepEvents: true,
    finite: true,
    meter: noMeter,
    logger: { info() {}, warn: progress.warn, error: progress.warn },
    clock: () => performance.now(),
  });
  try {
    await pipeline.run(new AbortController().signal, new AbortController().signal);
  } finally {
    await decodeStage.close();
  }
  const { attacks, ignored } = attacksOf(labels, seen);
  const unseen = unscoredAttacks(attacks, scores);
  if (unseen.length === attacks.length) {
    throw usageFailure(
      `${flags.labels}: no label of an attack fits these files; compare its ids with those of bearerwatch decode`,
    );
  }
  if (unseen.length > 0) {
    const who = printable(
      [...new Set(unseen.map(({ credential }) => credential))].slice(0, 3).join(', '),
      200,
    );
    const text = `${unseen.length} of ${attacks.length} labelled attacks have no use of their credential in these files and count as missed: ${who}`;
    await print(io.stderr, `${text}; compare the ids with those of bearerwatch decode\n`);
  }
  const report = labelledReport(
    scores,
    [...alerts.values()].map(({ credential, raisedAtMs, lastEventMs }) => ({
      credentialId: credential.id,
      raisedMs: raisedAtMs,
      lastMs: lastEventMs,
    })),
    attacks,
    ignored,
  );
  await print(io.stdout, flags.json === true ? `${JSON.stringify(report)}\n` : textOf(report));
}

function readLabels(file: string) {
  try {
    return parseLabels(readFileSync(file, 'utf8'));
  } catch (error) {
    throw usageFailure(`${file}: ${messageOf(error)}`);
  }
}

function textOf(report: LabelledReport): string {
  const share = (value: number) => (Number.isFinite(value) ? value.toFixed(2) : '–');
  const { onAttacks, others, attacksAlerted } = report.alerts;
  return `${[
    `${report.attacks} labelled attacks, ${report.cleanDays} clean credential-days, ${report.hours} credential-hours`,
    table(
      ['recall at … false credential-days per 1,000', '1', '5', '20'],
      [
        ['all attacks', ...report.recall.map(({ recall }) => share(recall))],
        ...report.scenarios.map(({ scenario, attacks, recall }) => [
          `${scenario === '' ? 'no scenario named' : scenario} (${attacks})`,
          ...recall.map(share),
        ]),
        ['threshold, bits', ...report.recall.map(({ threshold }) => threshold.toFixed(1))],
      ],
    ),
    `PR-AUC over credential-hours ${share(report.prAuc)}`,
    `alerts: ${onAttacks} on attacks (${attacksAlerted} of ${report.attacks} attacks), ${others} others`,
    ...(report.cleanDays < 1000
      ? [
          `with ${report.cleanDays} clean credential-days the figure at 1 per 1,000 allows no false one at all`,
        ]
      : []),
  ].join('\n')}\n`;
}
