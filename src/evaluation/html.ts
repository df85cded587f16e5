import { falseDaysPerThousand } from './recall.ts';
import type { GroupReport, Report } from './report.ts';
import { barPlot, colourStyle, escaped, linePlot } from './svg.ts';
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

/** A column of figures stays on one line; one of sentences wraps. */
const longestFigure = 40;

const htmlTable: TableStyle = (head, rows) => {
  const isWords = head.map((_, column) => rows.some((row) => (row[column] ?? '').length > longestFigure));
  const cells = (row: readonly string[], tag: 'th' | 'td') =>
    row.map((cell, n) => `<${tag}${isWords[n] ? ' class="words"' : ''}>${escaped(cell)}</${tag}>`).join('');
  const body = rows.map((row) => `<tr>${cells(row, 'td')}</tr>`).join('');
  return `<div class="scroll"><table><thead><tr>${cells(head, 'th')}</tr></thead><tbody>${body}</tbody></table></div>`;
};

const style = `${colourStyle}
:root{color-scheme:light dark}body{font:15px/1.5 system-ui,sans-serif;max-width:1100px;margin:2rem auto;padding:0 1rem;color:#0f172a;background:#fff}
h2{margin-top:3rem;border-bottom:1px solid #e2e8f0}table{border-collapse:collapse;font-size:13px;font-variant-numeric:tabular-nums}
th,td{padding:.2rem .6rem;text-align:right;vertical-align:top;white-space:nowrap;border-bottom:1px solid #e2e8f0}th:first-child,td:first-child,.words{text-align:left}.words{white-space:normal;min-width:20rem}
tbody tr:first-child{font-weight:600}.plain tbody tr:first-child{font-weight:400}.scroll{overflow-x:auto;margin:1rem 0}summary{cursor:pointer;margin:.6rem 0}dt{font-weight:600}dd{margin:0 0 .5rem}
.plots{display:flex;flex-wrap:wrap;gap:1rem}figure{margin:0;flex:1 1 420px;max-width:520px}figcaption{text-align:center;font-weight:600;font-size:13px}
svg text{font:11px system-ui,sans-serif;fill:#475569}.grid{stroke:#e2e8f0}.empty{fill:#f1f5f9}
.legend{font-size:12px;display:flex;flex-wrap:wrap;gap:.2rem .8rem;justify-content:center}.legend i{display:inline-block;width:10px;height:10px;margin-right:4px}
@media(max-width:480px){svg text{font-size:12px}ul{padding-left:1.2rem}th:first-child,td:first-child{white-space:normal;min-width:7rem}}
@media(prefers-color-scheme:dark){body{background:#0b1120;color:#e2e8f0}svg text{fill:#94a3b8}.grid,th,td,h2{stroke:#1e293b;border-color:#1e293b}.empty{fill:#1e293b}}`;

const terms = [
  [
    'false credential-day',
    'One credential on one UTC day over the threshold, outside any attack and a day around it. Each threshold is set so that 1, 5 or 20 of 1,000 such clean days are over it: what is asked of every scorer alike.',
  ],
  [
    'recall: .63 [.25–.88]',
    'The share of planted attacks that are found at that threshold, with its 95 % interval over worlds and attacks. PR-AUC is the area under precision against recall over all thresholds; the row goal is what this project asks of itself.',
  ],
  [
    'bits',
    'How much likelier the evidence makes an attack, as a power of two. The third plot holds what the bits promise beside what came true.',
  ],
  [
    'by scenario',
    "Median time and the attacker's calls until it is found, at 5 per 1,000; explained: the share of those found whose first named family is a planted one; named first: those families, with how many attacks each.",
  ],
  [
    'what carried it: 23 (16.7 σ, 3.8 bits)',
    "A feature's value, how far it lies from the credential's own habit in standard deviations, and what that adds to the score.",
  ],
] as const;

/** The report as one page that needs nothing else. */
export function reportHtml(report: Report): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>Bearerwatch: evaluation</title><style>${style}</style></head><body>
<h1>Bearerwatch: evaluation</h1>
<p>${escaped(report.command)}, ${escaped(report.date)}, ${escaped(report.machine)}. Simulated worlds with planted attacks: the figures compare scorers on the same features, they are no promise for your traffic.</p>
<details open><summary>How to read it</summary><dl>${terms.map(([term, meaning]) => `<dt>${escaped(term)}</dt><dd>${escaped(meaning)}</dd>`).join('')}</dl></details>
${report.groups.map(groupHtml).join('\n')}
${report.budget.length === 0 ? '' : `<h2>Budget on clean worlds</h2><div class="plots">${budgetPlot(report)}</div><div class="plain">${budgetTable(report, htmlTable)}</div>`}
${report.ablation.length === 0 ? '' : `<h2>What each part is worth</h2><p>Recall with the part switched off minus recall with everything; negative: it pays.</p><div class="plain">${ablationTable(report, htmlTable)}</div>`}
</body></html>
`;
}

function groupHtml(group: GroupReport): string {
  return `<h2>Worlds: ${escaped(group.name)}</h2>
<div class="plots">${recallPlot(group)}${timePlot(group)}${calibrationPlot(group)}${scenarioPlot(group)}</div>
${recallTable(group, htmlTable)}<ul>${factsOf(group)
    .map((fact) => `<li>${escaped(fact)}</li>`)
    .join('')}</ul>
<details open class="plain"><summary>By scenario</summary>${scenarioTable(group, htmlTable)}</details>
<details class="plain"><summary>The highest clean credential-days</summary>${highestCleanTable(group, htmlTable)}</details>
<details class="plain"><summary>One missed attack of each scenario</summary>${missedTable(group, htmlTable)}</details>`;
}

const recallPlot = ({ methods }: GroupReport) =>
  linePlot(
    methods.map(({ label, recall }) => ({
      name: label,
      points: recall.map(({ value }, n) => [n, value] as const),
    })),
    { x: 'false credential-days per 1,000', y: 'attacks found', ticks: falseDaysPerThousand.map(String) },
  );

const timePlot = ({ detection }: GroupReport) =>
  linePlot([{ name: 'found', points: detection.curve.map(({ share }, n) => [n, share] as const) }], {
    x: "time since the attacker's first call",
    y: 'attacks found, at 5 per 1,000',
    ticks: detection.curve.map(({ minutes }) => (minutes < 60 ? `${minutes}m` : `${minutes / 60}h`)),
  });

function calibrationPlot({ calibration }: GroupReport): string {
  const bins = calibration.filter(({ hours }) => hours >= 10);
  return linePlot(
    [
      { name: 'observed', points: bins.map(({ observed }, n) => [n, observed] as const) },
      { name: 'promised by the bits', points: bins.map(({ promised }, n) => [n, promised] as const) },
    ],
    {
      x: 'score, bits',
      y: 'share of hours that hold an attack',
      ticks: bins.map(({ bits }) => bits.toFixed(0)),
    },
  );
}

const scenarioPlot = ({ scenarios }: GroupReport) =>
  barPlot(
    scenarios.map(({ scenario, recall, bestRival, attacks }) => ({
      name: scenario,
      value: recall[1] ?? 0,
      beside: bestRival.recall,
      title: `${scenario}: ${((recall[1] ?? 0) * 100).toFixed(0)} % of ${attacks}; ${bestRival.label} ${(bestRival.recall * 100).toFixed(0)} %`,
    })),
    'found at 5 per 1,000; thin: the best rival',
  );

function budgetPlot({ budget }: Report): string {
  const asked = [...new Set(budget.flatMap(({ rows }) => rows.map((row) => row.asked)))].sort(
    (a, b) => a - b,
  );
  return linePlot(
    budget.map(({ style: name, seed, fleet, rows }) => ({
      name: `${name} ${seed}, ${fleet} credentials`,
      points: rows.map(({ asked: n, delivered }) => [asked.indexOf(n), delivered / n] as const),
    })),
    {
      x: 'alerts a day asked',
      y: 'delivered / asked',
      ticks: asked.map(String),
      yMost: 2,
      ideal: { name: 'asked', points: asked.map((_, n) => [n, 1] as const) },
    },
  );
}
