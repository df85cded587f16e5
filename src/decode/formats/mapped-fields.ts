import { forwardedForField, type Mapping, mappingTargets, queryField } from '../../../schemas/mapping.ts';
import { type UsageEventField, usageEventFields } from '../../../schemas/usage-event.ts';
import { coerced, requestPart } from '../coerce.ts';
import type { Claims } from '../format.ts';
import type { ValueAt } from '../line-paths.ts';
import { text } from '../text.ts';
import { countryCode } from './fields.ts';

export type Source = NonNullable<Mapping['fields'][string]>;
type Place = Pick<Source, 'path' | 'paths'>;

/** Fields a Reading has a place of its own for, with the longest text they take. */
export const ownPlaces: ReadonlyMap<string, number> = new Map([
  ['http.request.method', 32],
  ['url.path', 8192],
  ['http.route', 512],
  ['user_agent.original', 512],
  ['client.address', 64],
  ['network.peer.address', 64],
  [queryField, 8192],
  [forwardedForField, 1024],
  ['timestamp', 0],
  ['http.response.status_code', 0],
  ['duration_ms', 0],
]);

export const claimFields: ReadonlyMap<string, keyof Claims> = new Map([
  ['token.issuer', 'iss'],
  ['token.subject', 'sub'],
  ['token.authorized_party', 'azp'],
  ['token.audience', 'aud'],
  ['token.scopes', 'scope'],
  ['token.id', 'jti'],
  ['token.issued_at', 'iat'],
  ['token.expires_at', 'exp'],
  ['token.key_id', 'kid'],
  ['token.algorithm', 'alg'],
  ['token.family_id', 'sid'],
]);

export const fieldByWire = new Map(
  Object.entries(usageEventFields).map(([field, { wire }]) => [wire, field as UsageEventField]),
);

const longestTexts = [1024, 512, 256, 128, 64, 32, 2];

/** One field of a mapping, ready to be read. */
export interface Planned {
  readonly wire: string;
  readonly source: Source;
  readonly max: number;
}

export function pathsOf(place: Place | undefined): readonly string[] {
  if (place === undefined) return [];
  return place.paths ?? (place.path === undefined ? [] : [place.path]);
}

/** What the first place says that says something. */
export function firstAt(place: Place, at: ValueAt): unknown {
  for (const path of pathsOf(place)) {
    const value = at(path);
    // A header that came twice is logged as a list: the first counts.
    const one = Array.isArray(value) ? (value[0] ?? null) : value;
    if (one !== null) return one;
  }
  return null;
}

/** Cleaned, cut and of the field's type; null when nothing fits. */
export function fieldValue(planned: Planned | undefined, at: ValueAt): unknown {
  if (planned === undefined) return null;
  const { wire, source, max } = planned;
  const how = source.coerce;
  for (const path of pathsOf(source)) {
    const given = at(path);
    const value = fitting(wire, how === 'list' || !Array.isArray(given) ? given : given[0], how, max);
    if (value !== null) return value;
  }
  return source.constant === undefined ? null : fitting(wire, source.constant, how, max);
}

function fitting(wire: string, given: unknown, how: Source['coerce'], max: number): unknown {
  if (how === 'split-method-path')
    return text(requestPart(given, wire === 'url.path' ? 'target' : 'method'), max);
  const value = coerced(given, how);
  if (how !== 'string') return value ?? null;
  return max === 2 ? countryCode(value) : text(value, max);
}

export function planOf({ fields }: Mapping): readonly Planned[] {
  return Object.entries(fields).flatMap(([wire, source]) =>
    source === undefined ? [] : [{ wire, source, max: longestText(wire) }],
  );
}

function longestText(wire: string): number {
  const known = ownPlaces.get(wire);
  if (known !== undefined) return known;
  const field = fieldByWire.get(wire) as UsageEventField;
  const takes = (length: number) => usageEventFields[field].schema.safeParse('a'.repeat(length)).success;
  return mappingTargets.get(wire)?.kind === 'text' ? (longestTexts.find(takes) ?? 256) : 0;
}
