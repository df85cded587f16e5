import { runningMarginBits } from '../engine/running-hour.ts';
import type { Report } from './report.ts';
import { genericId, shippedId } from './rivals/other-model.ts';
import {
  ablationTable,
  budgetTable,
  factsOf,
  highestCleanTable,
  missedTable,
  recallTable,
  scenarioTable,
  type TableStyle,
} from './text.ts';

const cell = (text: string) => text.replaceAll('|', '\\|');

export const markdownTable: TableStyle = (head, rows) =>
  [head, head.map((_, c) => (c === 0 ? '---' : '--:')), ...rows]
    .map((row) => `| ${row.map(cell).join(' | ')} |`)
    .join('\n');

const hasRow = ({ groups }: Report, wanted: string) =>
  groups.some(({ methods }) => methods.some(({ id }) => id === wanted));

/** The report as a page of the documentation. */
export function reportMarkdown(report: Report): string {
  const list = (lines: readonly string[]) => lines.map((line) => `- ${line}`).join('\n');
  return `${[
    '# Evaluation',
    `Written by \`${report.command}\` on ${report.date}: ${report.events.toLocaleString('en')} events in ${report.seconds.toFixed(0)} s on ${report.machine}.`,
    `Every figure comes from simulated worlds with attacks planted in them. They say how the score compares with simpler ones on the same features; they are no promise for your traffic. The worlds' seeds are never trained on. A false credential-day is one credential on one UTC day over the threshold, outside any attack and a day around it. Intervals are 95 % bootstrap intervals over worlds and attacks. All scorers see the same events, features and hours; the rivals score an hour when it closes, Bearerwatch also while it runs, with ${runningMarginBits} bits held back.`,
    `Model: trained ${report.model.trainedAt} on ${report.model.seeds.length === 0 ? 'no worlds' : `seeds ${Math.min(...report.model.seeds)}–${Math.max(...report.model.seeds)} (${report.model.worlds.join(', ')})`}.`,
    ...(hasRow(report, shippedId)
      ? [
          'Where a table has a row *as shipped*, Bearerwatch plays with `detectors/model-withheld.json`: trained in the same way, but on no attack of the families in that table, nor on its kind of world. What it finds is what to expect of attacks that nobody thought of.',
        ]
      : []),
    ...(hasRow(report, genericId)
      ? [
          'The row *generic positives only* is the same kind of network, trained on benign hours with the inputs of random detectors raised and on no attack at all: what the score is worth without a list of attacks to learn.',
        ]
      : []),
    ...report.groups.flatMap((group) => [
      `## Worlds: ${group.name}`,
      recallTable(group, markdownTable),
      list(factsOf(group)),
      '### By scenario',
      scenarioTable(group, markdownTable),
      '### The highest clean credential-days',
      highestCleanTable(group, markdownTable),
      '### One missed attack of each scenario',
      group.missed.length === 0 ? 'None was missed.' : missedTable(group, markdownTable),
    ]),
    ...(report.budget.length === 0
      ? []
      : ['## Budget', 'Clean worlds, the first week left out.', budgetTable(report, markdownTable)]),
    ...(report.ablation.length === 0
      ? []
      : [
          '## What each part is worth',
          'Recall over all worlds with a part of the evidence at its normal value, minus recall with everything, both at the close of the hour; negative means it pays. The model is not trained again, so a part that others can stand in for shows more than it would lose.',
          ablationTable(report, markdownTable),
        ]),
  ].join('\n\n')}\n`;
}
