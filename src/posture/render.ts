import { printable } from '../alerting/printable.ts';
import type { CheckResult, PostureFinding } from './judge-all.ts';
import type { OwaspCoverage } from './owasp-coverage.ts';
import type { PostureReport } from './report.ts';

const widest = 44;

/** The report for a person, as plain text; everything from the log is made printable. */
export function renderedPosture(report: PostureReport, top: number): string {
  const lines = [
    ...headLines(report),
    '',
    ...findingLines(report, top),
    ...actionLines(report.checks),
    ...untoldLines(report.checks, report.credentials),
    ...owaspLines(report.owasp),
  ];
  return `${lines.map((line) => printable(line, 2_000)).join('\n')}\n`;
}

function headLines(report: PostureReport): string[] {
  const { from, to, spanDays, credentials, uses, anonymousCalls, refusedCalls } = report;
  const lines = [
    from === null
      ? 'No call was read.'
      : `${credentials} credentials, ${uses} uses from ${from} to ${to} (${spanDays} days)`,
  ];
  if (refusedCalls > 0) lines.push(`${refusedCalls} refused calls (401, 403) count as nobody's use`);
  if (anonymousCalls > 0) lines.push(`${anonymousCalls} calls name no credential and are not judged`);
  if (report.usesLeftOut > 0)
    lines.push(
      `left out: ${report.usesLeftOut} uses of credentials beyond the first ${credentials}; name some with --credential`,
    );
  if (report.sampleRate < 1)
    lines.push(
      `a gateway logs as little as ${Number((report.sampleRate * 100).toPrecision(2))} % of its calls: what is said to be unused may be in the rest`,
    );
  return lines;
}

function findingLines({ findings, findingsLeftOut }: PostureReport, top: number): string[] {
  const total = findings.length + findingsLeftOut;
  if (total === 0) return ['No findings.', ''];
  const shown = findings.slice(0, top);
  const head = ['severity', 'finding', 'credential', 'kind', 'owner', 'observed', 'limit'];
  const rows = shown.map(rowOf);
  const widths = head.map((title, n) => Math.max(title.length, ...rows.map((row) => lengthOf(row[n] ?? ''))));
  const line = (cells: readonly string[]) =>
    `  ${cells
      .map((cell, n) => (n < cells.length - 1 ? cell + ' '.repeat((widths[n] ?? 0) - lengthOf(cell)) : cell))
      .join('  ')
      .trimEnd()}`;
  const left = total - shown.length;
  return [
    `Findings: ${total} on ${new Set(findings.map(({ credential }) => credential)).size} credentials`,
    line(head),
    ...rows.map(line),
    ...(left > 0 ? [`  and ${left} less grave; --top shows more, --json up to ${findings.length}`] : []),
    '',
  ];
}

function rowOf({
  severity,
  check,
  credential,
  name,
  type,
  owner,
  consumer,
  observed,
  limit,
}: PostureFinding) {
  return [
    severity,
    check,
    cell(name === null || name === credential ? credential : `${name} ${credential}`),
    type,
    cell(owner ?? consumer ?? '-', 24),
    cell(observed, 160),
    cell(limit, 80),
  ];
}

/** Escapes first, so that what is cut and padded is what will be seen. */
function cell(text: string, most = widest): string {
  return printable(printable(text, 400), most);
}

const lengthOf = (text: string) => [...text].length;

function actionLines(results: readonly CheckResult[]): string[] {
  const found = results.filter(({ findings }) => findings > 0);
  return section(
    'What to do',
    found.flatMap(({ id, findings, summary, action, misses }) => [
      `${id} (${findings}): ${summary}`,
      `  do: ${action}`,
      `  bear in mind: ${misses}`,
    ]),
  );
}

function untoldLines(results: readonly CheckResult[], credentials: number): string[] {
  return section(
    'What this log does not tell',
    results
      .filter(({ untold }) => untold.length > 0)
      .flatMap(({ id, judged, untold }) => [
        `${id}: judged ${judged} of ${credentials} credentials`,
        ...untold.map(({ why, credentials: many }) => `  ${many}: ${why}`),
      ]),
  );
}

function owaspLines(items: readonly OwaspCoverage[]): string[] {
  return section(
    'OWASP Non-Human Identities Top 10 (2025)',
    items.flatMap(({ item, title, checks, detectors, blind, notInLogs }) => [
      `${item.split(':')[0]} ${title}`,
      `  report: ${checks.map(({ id, findings, judged }) => `${id} (${judged === 0 ? 'could not be judged' : `${findings} of ${judged}`})`).join(', ') || 'nothing'}`,
      `  alerts: ${detectors.join(', ') || (blind.length > 0 ? 'no detector that can see on this log' : 'no detector')}`,
      ...blind.map(({ id, lacks }) => `  blind here: ${id}, needs ${lacks.join(' and ')}`),
      `  no log shows: ${notInLogs}`,
    ]),
  );
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [title, ...lines.map((line) => `  ${line}`), ''];
}
