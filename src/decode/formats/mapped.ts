import { forwardedForField, type Mapping, queryField } from '../../../schemas/mapping.ts';
import type { UsageEvent, UsageEventField } from '../../../schemas/usage-event.ts';
import type { Claims, Format, MappedCredential, Reading, ReadResult } from '../format.ts';
import { linePaths, type ValueAt } from '../line-paths.ts';
import { type JsonObject, status, text } from '../text.ts';
import { looksHashed } from './fields.ts';
import {
  claimFields,
  fieldByWire,
  fieldValue,
  firstAt,
  ownPlaces,
  type Planned,
  pathsOf,
  planOf,
} from './mapped-fields.ts';
import { mappedSnippet } from './mapped-snippet.ts';

/** What a mapping says as a format like any other; it throws at no line. `file` is how messages call it. */
export function mappedFormat(mapping: Mapping, file: string): Format {
  const plan = planOf(mapping);
  const own = new Map(plan.map((one) => [one.wire, one]));
  const claims = plan.filter(({ wire }) => claimFields.has(wire) || wire === 'token.bound_key');
  const plain = plan.filter((one) => !ownPlaces.has(one.wire) && !claims.includes(one));
  const { credential, token } = mapping;
  const find = linePaths([
    ...[...plan.map(({ source }) => source), credential, credential?.name, token].flatMap(pathsOf),
  ]);
  const sign = linePaths(mapping.when?.map(({ path }) => path) ?? signaturePlaces(own));

  const read = (line: JsonObject): ReadResult => {
    const at = find(line);
    const named = (wire: string) => fieldValue(own.get(wire), at);
    const time = named('timestamp');
    if (time === null) return refusedTime(own.get('timestamp') as Planned, at, file);
    const secret = credential === undefined ? null : text(firstAt(credential, at), 4096);
    return {
      time,
      timeIsEnd: mapping.timeIs === 'end',
      plain: plainOf(plain, at),
      client: named('client.address') as string | null,
      peer: named('network.peer.address') as string | null,
      forwardedFor: named(forwardedForField) as string | null,
      method: named('http.request.method') as string | null,
      target: joined(named('url.path') as string | null, named(queryField) as string | null),
      route: named('http.route') as string | null,
      status: status(named('http.response.status_code')),
      durationMs: named('duration_ms') as number | null,
      userAgent: named('user_agent.original') as string | null,
      claims: claimsOf(claims, at),
      areClaimsVerified: token?.verified === true,
      authorization: token === undefined ? null : text(firstAt(token, at), 16_384),
      ...(credential === undefined || secret === null ? {} : credentialOf(credential, secret, at)),
    };
  };

  return {
    id: mapping.name,
    title: mapping.title ?? `mapping ${file}`,
    shape: 'json',
    matches: (line) => matches(mapping, own, sign(line)),
    read,
    pitfalls: [],
    snippet: mappedSnippet(mapping),
    yields: { byDefault: yieldsOf(plan, mapping), withSnippet: [] },
    verified: 'written by whoever runs this service',
  };
}

/** A path that has its query already keeps it. */
function joined(path: string | null, query: string | null): string | null {
  if (path === null || query === null || path.includes('?')) return path;
  return query.startsWith('?') ? `${path}${query}` : `${path}?${query}`;
}

/** The fields of which a line of a mapping without `when` must have the time and one other. */
const tellingFields = ['timestamp', 'url.path', 'http.route', 'http.request.method'] as const;

function signaturePlaces(own: ReadonlyMap<string, Planned>): readonly string[] {
  return tellingFields.flatMap((wire) => pathsOf(own.get(wire)?.source));
}

function matches({ when }: Mapping, own: ReadonlyMap<string, Planned>, at: ValueAt): boolean {
  if (when === undefined) {
    const [time, ...others] = tellingFields.map((wire) =>
      pathsOf(own.get(wire)?.source).some((path) => at(path) !== null),
    );
    return time === true && others.includes(true);
  }
  return when.every(({ path, equals }) => {
    const value = at(path);
    if (equals === undefined || value === null) return value !== null;
    return [equals].flat().includes(value as string);
  });
}

function plainOf(plan: readonly Planned[], at: ValueAt): Partial<UsageEvent> {
  const plain: Record<string, unknown> = {};
  for (const planned of plan) {
    const value = fieldValue(planned, at);
    if (value !== null) plain[fieldByWire.get(planned.wire) as string] = value;
  }
  return plain as Partial<UsageEvent>;
}

/** Null when nothing says whose token it is, nor which. */
function claimsOf(plan: readonly Planned[], at: ValueAt): Claims | null {
  if (plan.length === 0) return null;
  const claims: { -readonly [Name in keyof Claims]: unknown } = {};
  for (const planned of plan) {
    const value = fieldValue(planned, at);
    if (value === null) continue;
    const name = claimFields.get(planned.wire);
    if (name === undefined) claims.cnf = { jkt: value };
    else claims[name] = value;
  }
  const { iss, sub, azp, jti } = claims;
  return iss === undefined && sub === undefined && azp === undefined && jti === undefined ? null : claims;
}

function credentialOf(
  { kind, form, name, verified }: NonNullable<Mapping['credential']>,
  value: string,
  at: ValueAt,
): Pick<Reading, 'mapped' | 'apiKey' | 'isKeyHashed'> {
  const shown = name === undefined ? null : text(firstAt(name, at));
  // Whoever says hash and logs the key must not find it in his alerts.
  const isKept = form === 'id' || (form === 'hash' && looksHashed(value));
  const mapped: MappedCredential = {
    id: isKept ? value : null,
    type: kind,
    name: shown,
    isSaid: form === 'id' && !verified,
  };
  return isKept ? { mapped } : { mapped, apiKey: value };
}

function refusedTime({ source }: Planned, at: ValueAt, file: string): ReadResult {
  const places = pathsOf(source).join(' or ');
  const isThere = pathsOf(source).some((path) => at(path) !== null);
  return isThere
    ? {
        refuse: 'wrong-type',
        detail: `what stands at ${places} cannot be read as ${source.coerce} (timestamp in ${file})`,
      }
    : { refuse: 'missing-field', detail: `no time at ${places} (timestamp in ${file})` };
}

function yieldsOf(plan: readonly Planned[], { credential, token }: Mapping): UsageEventField[] {
  const found = plan.flatMap(({ wire }) => fieldByWire.get(wire) ?? []);
  return credential === undefined && token === undefined ? found : [...found, 'credentialId'];
}
