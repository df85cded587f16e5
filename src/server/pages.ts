import type { Alert } from '../../schemas/alert.ts';
import { alertText, timeText, who } from '../alerting/alert-text.ts';
import { printable } from '../alerting/printable.ts';

export const styleSheet = `:root{color-scheme:light dark}
body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem}
table{border-collapse:collapse;width:100%}
th,td{text-align:left;vertical-align:top;padding:.4rem .8rem .4rem 0;border-bottom:1px solid #8885}
td:last-child{white-space:nowrap}
pre{white-space:pre-wrap;overflow-wrap:anywhere;font:14px/1.45 ui-monospace,monospace}
.critical{color:light-dark(#c62828,#ff8a80);font-weight:700}
.high{color:light-dark(#ad1457,#f48fb1);font-weight:700}
.medium{color:light-dark(#9a6700,#e3b341)}
.note{border:1px solid #0891b2;padding:.5rem .8rem}
.small{color:light-dark(#5f6368,#a8adb4);font-size:.9em}
@media(max-width:40rem){thead{display:none}tr,td{display:block}td{border:0;padding:.1rem 0;overflow-wrap:anywhere}
tr{border-bottom:1px solid #8885;padding:.6rem 0}}
`;

export interface PageContext {
  readonly simulated: boolean;
  /** Lines of what is wrong now. */
  readonly problems: readonly string[];
}

/** The open incidents, newest first, readable without scripts. */
export function incidentsPage(alerts: readonly Alert[], context: PageContext): string {
  const rows = alerts.map(
    (alert) => `<tr>
<td class="${escapeHtml(alert.severity)}">${escapeHtml(alert.severity)}</td>
<td><a href="/alerts/${escapeHtml(encodeURIComponent(alert.id.toWellFormed()))}">${text(alert.title, 200)}</a>${simulatedMark(alert)}
<br>${text(alert.summary, 400)}</td>
<td>${escapeHtml(who(alert))}</td>
<td>${escapeHtml(alert.family)}<br><span class="small">${text(alert.detectors.join(', '), 200)}</span></td>
<td>${escapeHtml(timeText(alert.raisedAtMs))}<br><span class="small">trust ${alert.trust}/100</span></td>
</tr>`,
  );
  const table = `<table><thead><tr><th>Severity</th><th>Incident</th><th>Credential</th><th>Found by</th><th>Raised</th></tr></thead>
<tbody>
${rows.join('\n')}
</tbody></table>`;
  const legend =
    '<p class="small">Newest first; read anew every half minute. Trust: how far the credential can still be trusted, of 100.</p>';
  const body = rows.length === 0 ? '<p>No incident is open.</p>' : `${table}\n${legend}`;
  const refresh = '<meta http-equiv="refresh" content="30">';
  return page(
    'Open incidents',
    `${notes(context)}<h1>Open incidents (${rows.length})</h1>\n${body}`,
    refresh,
  );
}

/** One alert as `explain` prints it. */
export function alertPage(alert: Alert, context: PageContext): string {
  return page(
    printable(alert.title, 120),
    `${notes(context)}<p><a href="/">All open incidents</a> · <a href="/api/v1/alerts/${escapeHtml(encodeURIComponent(alert.id.toWellFormed()))}">as JSON</a></p>
<pre>${escapeHtml(alertText(alert))}</pre>`,
  );
}

export function messagePage(title: string, message: string): string {
  return page(
    title,
    `<h1>${text(title, 120)}</h1>\n<p>${text(message, 500)}</p>\n<p><a href="/">All open incidents</a></p>`,
  );
}

function notes({ simulated, problems }: PageContext): string {
  const demo = simulated
    ? '<p class="note">This is the built-in simulation: no incident here is real.</p>\n'
    : '';
  const wrong = problems.map((problem) => `<p class="note critical">${text(problem, 400)}</p>\n`);
  return demo + wrong.join('');
}

function simulatedMark({ simulated }: Alert): string {
  return simulated ? ' <strong>[simulated]</strong>' : '';
}

function page(title: string, body: string, head = ''): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">${head}
<title>${escapeHtml(title)} – Bearerwatch</title><link rel="stylesheet" href="/style.css"></head>
<body>
${body}
<p class="small"><a href="/healthz">health</a> · <a href="/metrics">metrics</a> · <a href="/api/v1/alerts">API</a></p>
</body></html>
`;
}

function text(value: string, maxLength: number): string {
  return escapeHtml(printable(value, maxLength));
}

const entities = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
  ["'", '&#39;'],
]);

/** For element content and quoted attributes. */
export function escapeHtml(value: string): string {
  return value.replaceAll(/[&<>"']/g, (character) => entities.get(character) ?? character);
}
