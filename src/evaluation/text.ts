import type { Interval } from './bootstrap.ts';
import type { GroupReport, Report } from './report.ts';

const share = (value: number) => (Number.isFinite(value) ? value.toFixed(2).replace(/^0/, '') : '–');
const withInterval = ({ value, low, high }: Interval) => `${share(value)} [${share(low)}–${share(high)}]`;
const minutes = (value: number) =>
  !Number.isFinite(value)
    ? 'not found'
    : value < 1
      ? '< 1 min'
      : value < 120
        ? `${value.toFixed(0)} min`
        : `${(value / 60).toFixed(1)} h`;
const count = (value: number) => (Number.isFinite(value) ? value.toFixed(0) : '–');

/** A table with aligned columns; the first to the left, the others to the right. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((_, c) => Math.max(...[head, ...rows].map((row) => (row[c] ?? '').length)));
  const line = (row: readonly string[]) =>
    row
      .map((cell, c) => (c === 0 ? cell.padEnd(widths[c] as number) : cell.padStart(widths[c] as number)))
      .join('  ')
      .trimEnd();
  return [line(head), ...rows.map(line)].join('\n');
}

export type TableStyle = (head: readonly string[], rows: readonly (readonly string[])[]) => string;

export function recallTable(group: GroupReport, as: TableStyle): string {
  return as(
    ['recall at … false credential-days per 1,000', '1', '5', '20', 'PR-AUC'],
    [
      ...group.methods.map(({ label, recall, prAuc }) => [label, ...recall.map(withInterval), share(prAuc)]),
      ...(group.bar === null ? [] : [['goal', ...group.bar.map(share), '']]),
    ],
  );
}

export function scenarioTable(group: GroupReport, as: TableStyle): string {
  return as(
    [
      'scenario',
      'attacks',
      '1',
      '5',
      '20',
      'best rival at 5',
      'median time',
      'calls',
      'explained',
      'named first',
    ],
    group.scenarios.map((row) => [
      row.scenario,
      String(row.attacks),
      ...row.recall.map(share),
      row.bestRival.recall > 0 ? `${share(row.bestRival.recall)} ${row.bestRival.label}` : 'none',
      minutes(row.medianMinutes),
      count(row.medianEvents),
      share(row.explained),
      row.named.map(({ family, attacks }) => `${family} ${attacks}`).join(', '),
    ]),
  );
}

export function factsOf(group: GroupReport): string[] {
  const { detection, explanation, violations } = group;
  return [
    `${group.attacks} attacks, ${group.cleanDays} clean credential-days, seeds ${group.seeds.join(', ')}; ${(group.attackedHourShare * 100).toFixed(2)} % of the hours hold an attacker's call`,
    `found at 5 per 1,000: ${detection.found} of ${detection.all}; time to detection median ${minutes(detection.minutes.median)}, p90 ${minutes(detection.minutes.p90)}; attacker's calls before it ${count(detection.attackerEvents.median)}; objects taken before it ${count(detection.objects.median)}`,
    `explanation: the family named first is a planted one in ${share(explanation.byScore)} of the found (${share(explanation.byAlert)} of ${explanation.alerted} alerts)`,
    `rules broken outright: ${violations.found} of ${violations.all} said so; ${violations.falseAlerts} such alerts on credentials nobody attacked`,
    `thresholds promised against delivered per 1,000: ${group.rates.map(({ promised, delivered }) => `${promised} → ${delivered.toFixed(1)}`).join(', ')}`,
  ];
}

export function highestCleanTable(group: GroupReport, as: TableStyle): string {
  return as(
    ['bits', 'workload', 'day', 'calls', 'hours learnt', 'what carried it'],
    group.highestClean.map(({ bits, workload, day, events, activeHours, features }) => [
      bits.toFixed(1),
      workload,
      String(day),
      String(events),
      String(activeHours),
      features.join('; '),
    ]),
  );
}

export function missedTable(group: GroupReport, as: TableStyle): string {
  return as(
    ['one missed attack of', 'bits', "attacker's calls", 'what showed'],
    group.missed.map(({ scenario, bits, events, features }) => [
      scenario,
      Number.isFinite(bits) ? bits.toFixed(1) : '–',
      String(events),
      features.join('; ') || 'nothing',
    ]),
  );
}

export function budgetTable(report: Report, as: TableStyle): string {
  return as(
    ['clean world', 'credentials', 'asked a day', 'delivered', 'delivered / asked', 'most on one day'],
    report.budget.flatMap(({ style, seed, fleet, rows }) =>
      rows.map(({ asked, delivered, perDay }) => [
        `${style} ${seed}`,
        String(fleet),
        String(asked),
        delivered.toFixed(1),
        (delivered / asked).toFixed(2),
        String(Math.max(0, ...perDay)),
      ]),
    ),
  );
}

export function ablationTable(report: Report, as: TableStyle): string {
  const signed = (value: number) =>
    Number.isNaN(value) ? '–' : `${value > 0 ? '+' : value < 0 ? '−' : ''}${Math.abs(value).toFixed(3)}`;
  return as(
    ['switched off', 'change at 1', 'at 5', 'at 20'],
    report.ablation.map(({ label, change }) => [label, ...change.map(signed)]),
  );
}

/** The report for a terminal. */
export function reportText(report: Report): string {
  const parts = report.groups.flatMap((group) => [
    `== ${group.name} ==`,
    recallTable(group, table),
    ...factsOf(group),
    '',
    scenarioTable(group, table),
    '',
    'highest clean credential-days',
    highestCleanTable(group, table),
    '',
  ]);
  if (report.budget.length > 0) parts.push('== budget on clean worlds ==', budgetTable(report, table), '');
  if (report.ablation.length > 0)
    parts.push('== what each part is worth ==', ablationTable(report, table), '');
  parts.push(`${report.events} events in ${report.seconds.toFixed(0)} s, ${report.machine}, ${report.date}`);
  return `${parts.join('\n')}\n`;
}
