import { type Mapping, mappingSchema } from '../../../schemas/mapping.ts';
import { type FoundCredential, findCredential } from './find-credential.ts';
import { type FoundField, findFields } from './find-fields.ts';
import type { Places } from './places.ts';
import { shareOf } from './rules.ts';
import { isZoneless } from './value-kinds.ts';

/** A mapping made from what the values of a sample look like, with the grounds of every line of it. */
export interface Proposal {
  /** Null where the sample lacks what no event can do without. */
  readonly mapping: Mapping | null;
  /** As it is written down, before defaults. */
  readonly written: object;
  readonly fields: readonly FoundField[];
  readonly credentials: readonly FoundCredential[];
  /** What is missing or was passed over, and what to do. */
  readonly remarks: readonly string[];
  /** Places that nothing was made of. */
  readonly unused: readonly string[];
}

/** What most detectors live on, and what was looked for. */
const wanted: readonly (readonly [wire: string, what: string])[] = [
  ['http.request.method', 'no value is a method of HTTP'],
  ['url.path', 'no value is a path or URL'],
  ['http.response.status_code', 'no value is a status from 100 to 599'],
  ['client.address', 'no value is an address, or which of several is the caller cannot be told'],
  ['user_agent.original', 'no name or value looks like one'],
  ['http.response.size', 'no name says which number is that of bytes sent'],
  ['duration_ms', 'no name says which number is the time taken'],
];

export interface ProposalOptions {
  readonly name: string;
  /** The sample holds lines of other formats too: say which lines are meant. */
  readonly isMixed: boolean;
}

export function proposeMapping(places: Places, { name, isMixed }: ProposalOptions): Proposal {
  const taken = new Set<string>();
  const { found: credentials, passedOver } = findCredential(places, taken);
  const fields = findFields(places, taken);
  const has = (wire: string) => fields.some((field) => field.wire === wire);
  const isReadable = has('timestamp') && (has('url.path') || has('http.route') || has('http.request.method'));
  const time = fields.find(({ wire }) => wire === 'timestamp');
  const written = {
    version: 1,
    name,
    title: 'JSON of our own',
    ...(isMixed ? { when: whenOf(fields, places) } : {}),
    ...(time !== undefined && !isStart(time) && has('duration_ms') ? { timeIs: 'end' } : {}),
    fields: Object.fromEntries(fields.map((field) => [field.wire, writtenField(field)])),
    ...Object.fromEntries(credentials.map((one) => [one.section, writtenCredential(one)])),
  };
  return {
    mapping: isReadable ? mappingSchema.parse(written) : null,
    written,
    fields,
    credentials,
    remarks: [
      ...missing(fields, credentials),
      ...passedOver.map((why) => `not taken for a credential: ${why}`),
      ...timeRemarks(time, places, has('duration_ms')),
    ],
    unused: places.all.map(({ path }) => path).filter((path) => !taken.has(path)),
  };
}

function missing(fields: readonly FoundField[], credentials: readonly FoundCredential[]): string[] {
  const has = (wire: string) => fields.some((field) => field.wire === wire);
  const remarks: string[] = [];
  if (!has('timestamp'))
    remarks.push('no time: nothing looks like one, and no event can do without; have the log say when');
  for (const [wire, what] of wanted) {
    if (has(wire) || (wire === 'url.path' && has('http.route'))) continue;
    if (wire === 'client.address' && has('http.request.header.x-forwarded-for'))
      remarks.push(
        'no client.address: X-Forwarded-For alone counts only with decode.trustedHops or decode.trustedProxies',
      );
    else remarks.push(`no ${wire}: ${what}`);
  }
  if (credentials.length === 0)
    remarks.push(
      'no credential: nothing tells callers apart but their address; log the id or a keyed hash of the key',
    );
  return remarks;
}

function timeRemarks(time: FoundField | undefined, places: Places, hasDuration: boolean): string[] {
  if (time === undefined) return [];
  const place = places.all.find(({ path }) => path === time.paths[0]);
  const remarks: string[] = [];
  if (place !== undefined && shareOf(place, isZoneless) > 0.5)
    remarks.push(
      `${place.path} says no time zone and is taken for UTC; if it is not, set decode.assumeTimezoneMinutes`,
    );
  if (hasDuration && !isStart(time))
    remarks.push(`${time.paths[0]} is taken for the end of the request (timeIs), as most loggers write then`);
  return remarks;
}

function isStart({ paths }: FoundField): boolean {
  const path = (paths[0] ?? '').toLowerCase();
  return ['start', 'begin', 'received', 'arriv'].some((word) => path.includes(word));
}

/** Places that every line of this kind has and others need not. */
function whenOf(fields: readonly FoundField[], places: Places): object[] {
  const always = new Set(places.all.filter(({ lines }) => lines === places.lines).map(({ path }) => path));
  const paths = new Set(fields.flatMap((field) => field.paths).filter((path) => always.has(path)));
  return [...paths].slice(0, 6).map((path) => ({ path }));
}

function writtenField({ paths, coerce }: FoundField): unknown {
  const [path] = paths;
  const place = paths.length > 1 ? { paths } : { path };
  if (coerce !== undefined) return { ...place, coerce };
  return paths.length > 1 ? paths : path;
}

function writtenCredential({ path, read, name }: FoundCredential): object {
  return { path, ...read, ...(name === null ? {} : { name }) };
}
