import { printable } from '../alerting/printable.ts';
import { proposalLines } from './proposal/proposal-lines.ts';
import type { ConnectReport } from './report.ts';
import { percent } from './warnings.ts';

const columns = [
  ['time', 'timestamp', 24],
  ['credential', 'credential.id', 44],
  ['kind', 'credential.type', 16],
  ['route', 'http.route', 40],
  ['status', 'http.response.status_code', 6],
  ['client', 'client.address', 39],
] as const;

/** How a credential was found, in words. */
const sources: Readonly<Record<string, string>> = {
  mapping: 'named by your mapping',
  gateway_id: 'named by the gateway itself',
  claim: "from the token's claims",
  cert: 'fingerprint of the client certificate',
  hashed_header: 'keyed hash of the secret in a header',
  hashed_query: 'keyed hash of the secret in the URL',
  consumer: "the gateway's consumer",
  network: 'none: the address stands in for it',
};

/** The report for a person, as plain text; everything from the log is made printable. */
export function rendered(report: ConnectReport): string {
  const lines = [
    ...formatLines(report),
    ...(report.proposal === null ? [] : proposalLines(report.proposal)),
    ...eventTable(report),
    ...credentialLines(report),
    ...detectorLines(report),
    ...section(
      'Warnings',
      report.warnings.map((warning) => `! ${warning}`),
    ),
    ...snippetLines(report),
  ];
  return `${lines.map((line) => printable(line, 2_000)).join('\n')}\n`;
}

function formatLines({
  formats,
  records,
  decodedShare,
  events,
  skipped,
  skippedBy,
  refused,
  proposal,
}: ConnectReport): string[] {
  const found = formats.map(({ id, title, lines, keys }) => {
    const why = keys.length === 0 ? 'by the shape of the line' : `by ${keys.join(', ')}`;
    return `${id} (${title}): ${lines} of ${records} records, ${why}`;
  });
  if (found.length === 0)
    found.push(
      `none of ${records} records is of a known format${proposal === null ? '; of JSON or key=value, say in a mapping file what stands where (docs/mappings.md) and try again with --mapping FILE; other text of your own making is not read: log it as JSON' : ''}`,
    );
  return [
    ...section('Format', found),
    ...section('Decoded', [
      `${percent(decodedShare)} of ${records} records; ${events} events${skipped > 0 ? `, ${skipped} of no interest` : ''}`,
      ...skippedBy.map(({ why, lines }) => `${lines} of no interest: ${why}`),
      ...refused.map(({ reason, count, example }) => `${count} refused, ${reason}: ${example}`),
    ]),
  ];
}

function eventTable({ firstEvents }: ConnectReport): string[] {
  if (firstEvents.length === 0) return [];
  const rows = firstEvents.map((event) =>
    columns.map(([, field, widest]) => {
      const value = event[field];
      const text =
        value === undefined
          ? '-'
          : field === 'timestamp'
            ? new Date(Number(value)).toISOString()
            : String(value);
      return printable(text.length > widest ? `${text.slice(0, widest - 1)}…` : text, 100);
    }),
  );
  const head = columns.map(([title]) => title as string);
  const widths = head.map((title, n) => Math.max(title.length, ...rows.map((row) => row[n]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, n) => cell.padEnd(widths[n] ?? 0))
      .join('  ')
      .trimEnd();
  return section('First events', [line(head), ...rows.map(line)]);
}

function credentialLines({ credentials, events }: ConnectReport): string[] {
  if (events === 0) return [];
  return section('Credential', [
    `${credentials.different} different in ${events} events`,
    ...credentials.kinds.map(
      ({ type, source, events: many }) => `${percent(many / events)}: ${type}, ${sources[source] ?? source}`,
    ),
  ]);
}

function detectorLines({ detectors, missing, events }: ConnectReport): string[] {
  if (events === 0) return [];
  const blind = detectors.filter((one) => one.blind);
  // What no record of the sample showed may well be logged: only more of the log can tell.
  const isOpen = ({ lacks }: { readonly lacks: readonly string[] }) =>
    lacks.every((need) => need in notShown);
  return [
    ...missingLines(missing),
    ...section(`Detectors: ${detectors.length - blind.length} of ${detectors.length} can see`, [
      ...together(blind.filter((one) => !isOpen(one))).map(
        ([lacks, ids]) => `blind: ${ids.join(', ')}, needs ${lacks.join(' and ')}`,
      ),
      ...together(blind.filter(isOpen)).map(
        ([lacks, ids]) =>
          `nothing to see here: ${ids.join(', ')}; ${lacks.map((need) => notShown[need]).join('; ')}`,
      ),
    ]),
  ];
}

/** Detectors that lack the same, in one line. */
function together(
  detectors: readonly { readonly id: string; readonly lacks: readonly string[] }[],
): (readonly [lacks: readonly string[], ids: readonly string[]])[] {
  const byLacks = Map.groupBy(detectors, ({ lacks }) => lacks.join('\n'));
  return [...byLacks.values()].map((alike) => [alike[0]?.lacks ?? [], alike.map(({ id }) => id)]);
}

/** Needs that are read out of other fields, and why this sample may not have met them. */
const notShown: Readonly<Record<string, string>> = {
  'object.id': 'most paths of these records have no id in them',
  'object.number': 'most paths of these records have no number in them',
  'page.number or page.cursor': 'most queries of these records ask for no page',
  'client.geo.country_iso_code': 'most addresses of these records belong to no country',
  'gen_ai.tool.name or mcp.method.name': 'only gateways in front of tools log it',
  'gen_ai.usage.input_tokens or gen_ai.usage.output_tokens or gen_ai.cost_usd':
    'only gateways in front of models log it',
};

function missingLines(missing: readonly string[]): string[] {
  const lacking = missing.filter((need) => !(need in notShown));
  return section(
    'Missing',
    lacking.length === 0 ? ['nothing that the log could have'] : [lacking.join(', ')],
  );
}

function snippetLines({ snippet }: ConnectReport): string[] {
  const lines = snippet?.text.trimEnd().split('\n') ?? [];
  // A mapping that names all it could has nothing but remarks to give.
  if (snippet === null || lines.every((line) => line.startsWith('#'))) return [];
  return section(`To log what is missing (${snippet.format}, ${snippet.language})`, lines);
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [title, ...lines.map((line) => `  ${line}`), ''];
}
