import { allowedLoss, type LeftOutRow } from './leave-one-out.ts';
import { markdownTable } from './markdown.ts';
import { falseDaysPerThousand } from './recall.ts';
import type { TableStyle } from './text.ts';

export interface PlayedWorlds {
  readonly seeds: readonly number[];
  readonly styles: readonly string[];
}

export interface LeaveOneOutReport {
  readonly date: string;
  readonly machine: string;
  readonly command: string;
  readonly seconds: number;
  readonly training: PlayedWorlds;
  readonly validation: PlayedWorlds;
  readonly features: number;
  readonly samples: number;
  readonly cleanDays: number;
  readonly hidden: number;
  readonly epochs: number;
  /** Model whose score steers what the engine learns from, in training and in validation. */
  readonly gate: string;
  readonly rows: readonly LeftOutRow[];
}

const share = (value: number) => value.toFixed(2).replace(/^0/, '');
const signed = (value: number) =>
  `${value > 0 ? '+' : value < 0 ? '−' : ''}${share(Math.abs(value))}`.replace(/^[+−](?=\.00$)/, '');
const verdictOf = ({ holds, worst }: LeftOutRow) =>
  holds ? 'holds' : worst.high < -allowedLoss ? '**fails**' : '**fails**, within chance';

/** One row a scenario, the greatest loss first. */
export function leftOutTable(rows: readonly LeftOutRow[], as: TableStyle): string {
  const budgets = falseDaysPerThousand.join(' / ');
  const triple = (recall: readonly number[]) => recall.map(share).join(' / ');
  return as(
    [
      `recall at ${budgets} false credential-days per 1,000`,
      'attacks',
      'trained without it',
      'trained with all',
      'z²',
      'most below z²',
      'verdict',
    ],
    rows.map((row) => [
      row.scenario,
      String(row.attacks),
      triple(row.leftOut),
      triple(row.trainedOn),
      triple(row.squares),
      `${signed(row.worst.difference)} [${signed(row.worst.low)} to ${signed(row.worst.high)}] at ${row.worst.perThousand}`,
      verdictOf(row),
    ]),
  );
}

export function summaryOf({ rows }: Pick<LeaveOneOutReport, 'rows'>): string {
  const failing = rows.filter(({ holds }) => !holds);
  const clear = failing.filter(({ worst }) => worst.high < -allowedLoss);
  if (failing.length === 0)
    return `All ${rows.length} scenarios hold: none is more than ${share(allowedLoss)} below z² at any budget.`;
  return `${rows.length - failing.length} of ${rows.length} scenarios hold; ${failing.length} are more than ${share(allowedLoss)} below z² at some budget, ${clear.length} of them beyond chance: ${failing.map(({ scenario }) => scenario).join(', ')}.`;
}

/** The report as a page of the documentation. */
export function leaveOneOutMarkdown(report: LeaveOneOutReport): string {
  const { training, validation } = report;
  return `${[
    '# Leave one scenario out',
    `Written by \`${report.command}\` on ${report.date}: ${report.seconds.toFixed(0)} s on ${report.machine}.`,
    'What is left of an attack that training never showed? For each scenario in turn, the combination is trained on everything but that scenario, and its attacks are then looked for in worlds of other seeds. The measure is z² with the same features, which was never shown anything: a score that was trained may not be worse than one that was not.',
    summaryOf(report),
    [
      `- Trained on seeds ${worldsOf(training)}, judged on seeds ${worldsOf(validation)}; ${report.features} features, ${report.samples.toLocaleString('en')} samples, ${report.cleanDays.toLocaleString('en')} clean credential-days.`,
      `- Short training for all, also for the one with all scenarios (${report.hidden} units, ${report.epochs} epochs), so its figures are not those of the model that comes with the detectors. Rows of one play serve every training; what the engine learns from is steered throughout by ${report.gate}.`,
      '- z² is the better of two at each budget: the sum over z-scores of the raw features with first-seen flags, and the sum over the squared residuals of the product. All score an hour when it closes, with thresholds of their own on the same clean days.',
      `- A scenario fails when it is found more than ${share(allowedLoss)} less often than by z² at any budget. The interval is a 95 % bootstrap interval over its attacks at the worst budget; *within chance* says that it holds −${share(allowedLoss)}.`,
    ].join('\n'),
    leftOutTable(report.rows, markdownTable),
  ].join('\n\n')}\n`;
}

function worldsOf({ seeds, styles }: PlayedWorlds): string {
  return `${Math.min(...seeds)}–${Math.max(...seeds)} (${styles.join(', ')})`;
}
