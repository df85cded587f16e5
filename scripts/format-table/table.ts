import { blindBelow } from '../../src/connect/report.ts';
import type { Sample } from '../../src/connect/sample.ts';
import type { DecoderFigures } from '../../src/decode/decoded.ts';

export interface FileResult {
  readonly file: string;
  readonly sample: Sample;
  readonly figures: DecoderFigures;
}

/** Rows by file, and a last line with the sums. */
export function tableOf(results: readonly FileResult[], detectors: number): string {
  const sum = (of: (result: FileResult) => number) =>
    results.reduce((total, result) => total + of(result), 0);
  const lines = [
    `| file | records | events by format | credential, and how it was found | refused | of no interest | blind detectors of ${detectors} | secrets swept |`,
    '|---|---|---|---|---|---|---|---|',
    ...results.map(row),
    `| all | ${sum(({ sample }) => sample.records)} | ${sum(({ sample }) => sample.events)} | | ${sum(refusals)} | ${sum(({ sample }) => sample.skipped)} | | ${sum(({ figures }) => figures.sweepHits)} |`,
  ];
  return `${lines.join('\n')}\n`;
}

function row({ file, sample, figures }: FileResult): string {
  const cells = [
    file,
    `${sample.records}`,
    counted(figures.byFormat),
    counted(sample.found),
    [...sample.refused].map(([reason, { count, example }]) => `${reason} ${count}: ${example}`).join('; ') ||
      '–',
    [...figures.skippedBy].map(([why, many]) => `${many}: ${why}`).join('; ') || '–',
    blind(sample),
    `${figures.sweepHits}`,
  ];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

function counted(counts: ReadonlyMap<string, number>): string {
  const sorted = [...counts].sort((a, b) => b[1] - a[1]);
  return sorted.map(([name, many]) => `${name.replace(' ', ' by ')} ${many}`).join(', ') || '–';
}

/** An address in a credential's place feeds a detector, but lets it see only the address. */
function blind(sample: Sample): string {
  if (sample.events === 0) return '–';
  const anonymous = [...sample.found].reduce(
    (n, [how, many]) => n + (how.startsWith('anonymous ') ? many : 0),
    0,
  );
  const without = sample.detectors().filter(({ share }) => share < blindBelow).length;
  return anonymous / sample.events > 1 - blindBelow
    ? `${without}; the others see addresses only`
    : `${without}`;
}

function refusals({ sample }: FileResult): number {
  return [...sample.refused.values()].reduce((total, { count }) => total + count, 0);
}
