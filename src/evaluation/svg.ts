/** Plots as inline SVG text: nothing is fetched, nothing runs. Values are [0, 1] unless a range is given. */
const width = 460;
const height = 260;
const left = 52;
const bottom = 40;
const top = 14;
const right = 14;
/** On a light ground and on a dark one, in the order of the series. */
const colours = [
  ['#c2410c', '#fb923c'],
  ['#2563eb', '#60a5fa'],
  ['#0f766e', '#2dd4bf'],
  ['#7c3aed', '#a78bfa'],
  ['#64748b', '#94a3b8'],
  ['#a16207', '#facc15'],
  ['#be185d', '#f472b6'],
  ['#111827', '#f8fafc'],
  ['#4d7c0f', '#a3e635'],
  ['#0891b2', '#22d3ee'],
] as const;

const variables = (ground: 0 | 1) => colours.map((pair, n) => `--c${n}:${pair[ground]}`).join(';');

/** The page's style sheet must have this. */
export const colourStyle = `:root{${variables(0)}}@media(prefers-color-scheme:dark){:root{${variables(1)}}}`;

const colourOf = (series: number) => `var(--c${series % colours.length})`;

export interface Series {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

export const escaped = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

export interface Axes {
  readonly x: string;
  readonly y: string;
  /** Positions are equally spaced and named. */
  readonly ticks: readonly string[];
  readonly yMost?: number;
  /** The line that would be right. */
  readonly ideal?: Series;
}

/** Lines over named positions; x of a point is the position's index and may lie between two. */
export function linePlot(series: readonly Series[], axes: Axes): string {
  const most = axes.yMost ?? 1;
  const steps = Math.max(1, axes.ticks.length - 1);
  const px = (x: number) => left + (x / steps) * (width - left - right);
  const py = (y: number) => height - bottom - (Math.min(y, most) / most) * (height - top - bottom);
  const path = ({ points }: Series) =>
    points
      .filter(([x, y]) => Number.isFinite(x) && Number.isFinite(y))
      .map(([x, y], n) => `${n === 0 ? 'M' : 'L'}${px(x).toFixed(1)} ${py(y).toFixed(1)}`)
      .join('');
  const grid = [0, 0.25, 0.5, 0.75, 1].map(
    (part) =>
      `<line x1="${left}" x2="${width - right}" y1="${py(part * most)}" y2="${py(part * most)}" class="grid"/><text x="${left - 6}" y="${py(part * most) + 4}" text-anchor="end">${Number((part * most).toPrecision(3))}</text>`,
  );
  const ticks = axes.ticks.map(
    (tick, n) =>
      `<text x="${px(n)}" y="${height - bottom + 16}" text-anchor="middle">${escaped(tick)}</text>`,
  );
  const lines = series.map(
    (one, n) =>
      `<path d="${path(one)}" fill="none" style="stroke:${colourOf(n)}" stroke-width="${n === 0 ? 3 : 1.5}"/>${one.points
        .filter(([x, y]) => Number.isFinite(x) && Number.isFinite(y))
        .map(
          ([x, y]) =>
            `<circle cx="${px(x).toFixed(1)}" cy="${py(y).toFixed(1)}" r="${n === 0 ? 3.5 : 2}" style="fill:${colourOf(n)}"><title>${escaped(one.name)}: ${y.toFixed(3)}</title></circle>`,
        )
        .join('')}`,
  );
  const ideal =
    axes.ideal === undefined
      ? ''
      : `<path d="${path(axes.ideal)}" fill="none" stroke="#94a3b8" stroke-dasharray="4 4"/>`;
  const legend = series
    .map((one, n) => `<span><i style="background:${colourOf(n)}"></i>${escaped(one.name)}</span>`)
    .join('');
  return `<figure><svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(axes.y)} by ${escaped(axes.x)}">${grid.join('')}${ticks.join('')}${ideal}${lines.join('')}<text x="${(left + width - right) / 2}" y="${height - 6}" text-anchor="middle">${escaped(axes.x)}</text></svg><figcaption>${escaped(axes.y)}</figcaption><div class="legend">${series.length > 1 ? legend : ''}</div></figure>`;
}

export interface Bar {
  readonly name: string;
  readonly value: number;
  /** A second, thinner bar to compare with. */
  readonly beside: number;
  readonly title: string;
}

/** Horizontal bars of shares, one row each. */
export function barPlot(bars: readonly Bar[], caption: string): string {
  const row = 20;
  const name = 190;
  const full = 240;
  const tall = bars.length * row + 8;
  const rows = bars.map(({ name: text, value, beside, title }, n) => {
    const y = n * row + 4;
    return `<g><title>${escaped(title)}</title><text x="${name - 6}" y="${y + 13}" text-anchor="end">${escaped(text)}</text><rect x="${name}" y="${y + 1}" width="${full}" height="14" class="empty"/><rect x="${name}" y="${y + 1}" width="${(value * full).toFixed(1)}" height="9" style="fill:${colourOf(0)}"/><rect x="${name}" y="${y + 11}" width="${(beside * full).toFixed(1)}" height="4" style="fill:${colourOf(1)}"/></g>`;
  });
  return `<figure><svg viewBox="0 0 ${width} ${tall}" role="img" aria-label="${escaped(caption)}">${rows.join('')}</svg><figcaption>${escaped(caption)}</figcaption></figure>`;
}
