/**
 * Prometheus text turned into OpenMetrics text: counters are declared without `_total`, no blank
 * lines, `# EOF` at the end. The client library can write either, but after OpenMetrics once it
 * writes wrong counter names in the other form for ever; so it only ever writes one.
 */
export function toOpenMetrics(prometheusText: string): string {
  const lines = prometheusText.split('\n').filter((line) => line !== '');
  const counters = new Set(
    lines
      .map((line) => /^# TYPE (\S{1,256})_total counter$/.exec(line)?.[1])
      .filter((name) => name !== undefined),
  );
  const out = lines.map((line) => {
    const declared = /^# (HELP|TYPE) (\S{1,256})_total (.*)$/.exec(line);
    if (declared === null || !counters.has(declared[2] ?? '')) return line;
    return `# ${declared[1]} ${declared[2]} ${declared[3]}`;
  });
  return `${out.join('\n')}\n# EOF\n`;
}

export const openMetricsType = 'application/openmetrics-text; version=1.0.0; charset=utf-8';
export const prometheusType = 'text/plain; version=0.0.4; charset=utf-8';

/** Whether the scraper asks for OpenMetrics 1.0 at least as much as for plain text. */
export function prefersOpenMetrics(accept: string | undefined): boolean {
  let best = 0;
  let plain = 0;
  for (const part of (accept ?? '').slice(0, 1024).split(',')) {
    const [type = '', ...parameters] = part.split(';').map((text) => text.trim().toLowerCase());
    const q = Number(parameters.find((text) => text.startsWith('q='))?.slice(2) ?? 1);
    if (!(q > 0)) continue;
    if (type === 'application/openmetrics-text') best = Math.max(best, q);
    if (type === 'text/plain') plain = Math.max(plain, q);
  }
  return best > 0 && best >= plain;
}
