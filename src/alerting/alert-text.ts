import { createColors } from 'picocolors';
import type { Alert, Evidence, Severity } from '../../schemas/alert.ts';
import { type Position, positionText } from '../../schemas/position.ts';
import { printable } from './printable.ts';

export type Colors = ReturnType<typeof createColors>;
export const noColors: Colors = createColors(false);

/**
 * The whole alert for a person who was just woken up: what happened first, what to do before the
 * details, every number with what was expected. Pure; every text of the alert is made printable.
 */
export function alertText(alert: Alert, colors: Colors = noColors): string {
  const { credential } = alert;
  const sections: readonly (readonly [heading: string, lines: readonly string[]])[] = [
    ['What happened', [printable(alert.summary, 1000), ...whoAndWhen(alert)]],
    ['What to do', alert.actions.map((action, i) => `${i + 1}. ${printable(action)}`)],
    [
      `Why (${bits(alert.scoreBits)}, alert from ${bits(alert.thresholdBits)})`,
      strongestFirst(alert).flatMap(why),
    ],
    ['What it was, and is', wasAndIs(alert)],
    [
      'What would have been normal',
      [printable(alert.normalWouldBe), ...alert.counterfactuals.map((text) => printable(text))],
    ],
    ['Where the evidence lies', alert.examples.flatMap(({ at, event }) => example(at, event))],
    [
      'Names and numbers',
      present([
        ['alert', alert.id],
        ['credential', credential.id],
        ['found by', alert.detectors.join(', ')],
        ['other credentials', alert.members.join(', ')],
        ['ATT&CK', alert.attack.join(', ')],
        ['OWASP', alert.owasp.join(', ')],
        ['runbook', alert.runbook],
      ]),
    ],
  ];
  const body = sections
    .filter(([, lines]) => lines.length > 0)
    .map(([heading, lines]) => `${colors.bold(heading)}\n${lines.map((line) => `  ${line}`).join('\n')}`);
  return `${[headline(alert, colors), ...body].join('\n\n')}\n`;
}

/** The alert in a few lines, for a terminal that shows many. */
export function alertBlock(alert: Alert, colors: Colors = noColors): string {
  const lines = [
    printable(alert.summary, 600),
    colors.dim(`${who(alert)} · trust ${alert.trust}/100 · ${weight(alert)}`),
    ...strongestFirst(alert)
      .slice(0, 4)
      .map(
        (evidence) =>
          `- ${printable(evidence.text)} ${colors.dim(`(${evidence.detector}, ${amountOf(evidence)})`)}`,
      ),
    ...alert.actions.slice(0, 1).map((action) => `→ ${printable(action)}`),
    colors.dim(`${span(alert)} · bearerwatch explain ${printable(alert.id, 64)}`),
  ];
  return `${headline(alert, colors)}\n${lines.map((line) => `  ${line}`).join('\n')}\n`;
}

/** One line: state, severity, family and title. */
export function headline(alert: Alert, colors: Colors = noColors): string {
  const resolved = alert.state === 'resolved';
  const severity = resolved ? 'RESOLVED' : alert.severity.toUpperCase();
  const painted = resolved ? colors.green(severity) : severityColor(alert.severity, colors)(severity);
  const simulated = alert.simulated ? colors.cyan(' [simulated]') : '';
  const was = resolved ? ` (was ${alert.severity})` : '';
  return `${colors.bold(painted)} ${alert.family}${was}: ${colors.bold(printable(alert.title, 200))}${simulated}`;
}

function severityColor(severity: Severity, colors: Colors): (text: string) => string {
  if (severity === 'critical') return colors.red;
  if (severity === 'high') return colors.magenta;
  return severity === 'medium' ? colors.yellow : colors.blue;
}

/** The credential as people know it, with what helps to find its owner. */
export function who({ credential }: Alert): string {
  const name = credential.name ?? credential.id;
  const details = [credential.type, credential.consumer, credential.owner].filter((text) => text !== null);
  return `${printable(name, 120)} (${details.map((text) => printable(text, 120)).join(', ')}) at ${printable(credential.gateway, 60)}`;
}

function whoAndWhen(alert: Alert): string[] {
  const simulated = alert.simulated ? ['This is the built-in simulation: nothing real happened.'] : [];
  const state =
    alert.resolvedAtMs === null
      ? 'Still open.'
      : `Resolved at ${timeText(alert.resolvedAtMs)}: no new evidence since.`;
  return [
    ...simulated,
    `Credential: ${who(alert)}; trust ${alert.trust} of 100.`,
    `From ${timeText(alert.firstEventMs)} to ${timeText(alert.lastEventMs)}, ${countText(alert.events, 'request')}; raised at ${timeText(alert.raisedAtMs)}. ${state}`,
  ];
}

function why(evidence: Evidence): string[] {
  const seen = [
    evidence.credentialFrequency === null
      ? ''
      : `for this credential: ${evidence.credentialFrequency.toLowerCase()}`,
    evidence.peerFrequency === null ? '' : `for its peers: ${evidence.peerFrequency.toLowerCase()}`,
  ].filter((text) => text !== '');
  return [
    `${evidence.detector} (${evidence.family}), ${amountOf(evidence)}`,
    `  ${printable(evidence.text, 600)}`,
    `  ${printable(evidence.feature)}: observed ${value(evidence.observed)}, expected ${value(evidence.expected)}`,
    ...(seen.length === 0 ? [] : [`  ${seen.join('; ')}`]),
  ];
}

function amountOf({ kind, bits: amount }: Evidence): string {
  return kind === 'violation' ? 'rule broken' : bits(amount);
}

function wasAndIs({ usual, now }: Alert): string[] {
  const pair = (name: string, was: readonly string[], is: readonly string[]): string[] => {
    const label = `${name}:`.padEnd(12);
    if (was.length === 0 && is.length === 0) return [];
    // What is new says so itself: the usual are only the first few, so one that is not among them may be old.
    return [`${label}was ${list(was)}`, `${' '.repeat(12)}is  ${list(is)}`];
  };
  return [
    ...pair('networks', usual.networks, now.networks),
    ...pair('clients', usual.clients, now.clients),
    ...pair('operations', usual.operations, now.operations),
    `${'usual:'.padEnd(12)}${printable(usual.hours)}, ${number(usual.requestsPerHour)} requests an hour`,
    `${'baseline:'.padEnd(12)}${printable(usual.learning)}`,
  ];
}

const exampleFields = [
  'client.address',
  'client.as.organization.name',
  'client.geo.country_iso_code',
  'user_agent.original',
  'http.route',
  'url.path',
  'gen_ai.tool.name',
  'http.response.status_code',
] as const;

function example(at: Position | null, event: Readonly<Record<string, unknown>>): string[] {
  const place = at === null ? 'position not known' : printable(positionText(at), 200);
  const time = event['timestamp'];
  const when = typeof time === 'number' ? `${timeText(time)}  ` : '';
  const what = exampleFields
    .map((field) => event[field])
    .filter((field) => typeof field === 'string' || typeof field === 'number');
  return [place, `  ${when}${what.map((field) => printable(String(field), 120)).join('  ')}`];
}

function strongestFirst({ evidence }: Alert): Evidence[] {
  return evidence.toSorted((a, b) => b.bits - a.bits);
}

function present(rows: readonly (readonly [name: string, text: string])[]): string[] {
  return rows.filter(([, text]) => text !== '').map(([name, text]) => `${name}: ${printable(text, 600)}`);
}

function list(entries: readonly string[]): string {
  if (entries.length === 0) return 'nothing seen';
  const shown = entries.slice(0, 8).map((entry) => printable(entry, 120));
  return `${shown.join(', ')}${entries.length > 8 ? ` and ${entries.length - 8} more` : ''}`;
}

function value(observed: number | string): string {
  return typeof observed === 'number' ? number(observed) : printable(observed, 300);
}

/** Three significant digits below a hundred, whole numbers with separators above. */
export function number(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en-US');
  return String(Number(value.toPrecision(3)));
}

function bits(amount: number): string {
  return `${amount.toFixed(1)} bits`;
}

/** A broken rule needs no threshold. */
function weight({ kind, scoreBits, thresholdBits }: Alert): string {
  return kind === 'violation' ? 'a rule was broken' : `${bits(scoreBits)}, alert from ${bits(thresholdBits)}`;
}

function countText(count: number, noun: string): string {
  return `${count.toLocaleString('en-US')} ${noun}${count === 1 ? '' : 's'}`;
}

/** `2026-03-03 03:12:07 UTC`. */
export function timeText(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

function span({ firstEventMs, lastEventMs }: Alert): string {
  const seconds = Math.round((lastEventMs - firstEventMs) / 1000);
  const length =
    seconds < 120
      ? `${seconds} s`
      : seconds < 7200
        ? `${Math.round(seconds / 60)} min`
        : `${Math.round(seconds / 3600)} h`;
  return `${timeText(firstEventMs)}, ${length}`;
}
