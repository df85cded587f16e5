import type { Coercion } from '../../../schemas/mapping.ts';
import type { Place, Places } from './places.ts';
import { type Fit, type Rule, requestLineRule, rules } from './rules.ts';
import { withoutUnit } from './unit-fits.ts';

/** One field and where it was found. */
export interface FoundField {
  readonly wire: string;
  readonly paths: readonly string[];
  readonly coerce?: Coercion | undefined;
  /** Why these places, in words. */
  readonly why: string;
  /** Why this is a guess; null where name and values agree. */
  readonly doubt: string | null;
}

interface Candidate {
  readonly place: Place;
  readonly fit: Fit;
  /** Of the name in the rule's lists: a name that says so, one that may, none. */
  readonly grounds: 'name' | 'loose name' | 'values';
  readonly rank: number;
}

const leastShare = 0.6;
const nearlyAll = 0.95;
/** What stands in fewer lines than this is no field of the log. */
const rareShare = 0.02;
const enoughToTell = 10;

/** Fills each field from the place that fits best; a place in `taken` is not looked at. */
export function findFields(places: Places, taken: Set<string>): FoundField[] {
  const found: FoundField[] = [];
  const has = (wire: string) => found.some((one) => one.wire === wire);
  for (const rule of rules) {
    if (has(rule.wire)) continue;
    const one = findOne(rule, places, taken);
    if (one !== null) found.push(one);
  }
  if (has('http.request.method') && has('url.path')) return found;
  const line = findOne(requestLineRule, places, taken);
  if (line === null) return found;
  for (const wire of ['http.request.method', 'url.path']) if (!has(wire)) found.push({ ...line, wire });
  return found;
}

function findOne(rule: Rule, places: Places, taken: Set<string>): FoundField | null {
  const candidates = candidatesFor(rule, places, taken).sort(byGrounds);
  const [best, ...others] = candidates;
  if (best === undefined) return null;
  // With neither a name nor a single place there is nothing to choose by.
  const rivals = others.filter(({ grounds }) => grounds === best.grounds);
  if (best.grounds === 'values' && rivals.length > 0) return null;
  const second = best.place.lines < places.lines * nearlyAll ? complement(best, others, places) : undefined;
  const chosen = second === undefined ? [best] : [best, second];
  for (const { place } of chosen) taken.add(place.path);
  return {
    wire: rule.wire,
    paths: chosen.map(({ place }) => place.path),
    coerce: best.fit.coerce,
    why: whyOf(best, places),
    doubt: doubtOf(
      best,
      rivals.filter((one) => one !== second),
    ),
  };
}

function candidatesFor(rule: Rule, { all, lines }: Places, taken: ReadonlySet<string>): Candidate[] {
  const not = new Set(rule.not?.split(' '));
  const names = rule.names.split(' ');
  const loose = rule.loose?.split(' ') ?? [];
  return all.flatMap((place): Candidate[] => {
    const { path, words } = place;
    if (taken.has(path) || place.lines < lines * rareShare) return [];
    const ends = endsOf(words);
    const isExact = ends.at(-1);
    const rank = rankIn(names, ends);
    const looseRank = rankIn(loose, ends);
    // What a name says in full counts, whatever stands in it.
    if (words.some((word) => not.has(word)) && !(isExact !== undefined && names.includes(isExact))) return [];
    const grounds = rank >= 0 ? 'name' : looseRank >= 0 ? 'loose name' : 'values';
    if (grounds === 'values' && rule.isToldByValues !== true) return [];
    const fit = rule.fit(place);
    if (fit.share < (grounds === 'values' ? nearlyAll : leastShare)) return [];
    if (!isDifferentEnough(rule, place)) return [];
    return [{ place, fit, grounds, rank: rank >= 0 ? rank : looseRank }];
  });
}

function isDifferentEnough({ different }: Rule, place: Place): boolean {
  const seen = Math.min(place.lines, place.values.length);
  if (different === undefined || seen < enoughToTell) return true;
  const share = new Set(place.values).size / seen;
  return share >= (different.least ?? 0) && share <= (different.most ?? 1);
}

/** `response.status_code` → code, statuscode, responsestatuscode; indexes of lists are no words. */
export function endsOf(words: readonly string[]): string[] {
  const ends: string[] = [];
  for (const kept of [words, withoutUnit(words)]) {
    let end = '';
    for (const word of kept.filter((one) => !/^\d+$/.test(one)).toReversed()) {
      end = word + end;
      ends.push(end);
    }
  }
  return ends;
}

/** The longest end that a list knows counts; of names as long the earlier one. */
export function rankIn(names: readonly string[], ends: readonly string[]): number {
  const known = ends.filter((end) => names.includes(end)).sort((a, b) => b.length - a.length);
  return known[0] === undefined ? -1 : names.indexOf(known[0]);
}

const order = ['name', 'loose name', 'values'] as const;

function byGrounds(a: Candidate, b: Candidate): number {
  return (
    order.indexOf(a.grounds) - order.indexOf(b.grounds) ||
    Number(b.fit.share >= nearlyAll) - Number(a.fit.share >= nearlyAll) ||
    // A field that half of the lines lack is not the one that all of them have.
    Math.round(b.place.lines / Math.max(1, a.place.lines) - 0.8) -
      Math.round(a.place.lines / Math.max(1, b.place.lines) - 0.8) ||
    a.rank - b.rank ||
    a.place.words.length - b.place.words.length ||
    b.place.lines - a.place.lines
  );
}

/** A second place for lines that lack the first: their shares add up to all lines and not to more. */
function complement(best: Candidate, others: readonly Candidate[], { lines }: Places): Candidate | undefined {
  return others.find(
    ({ place, fit, grounds }) =>
      grounds === 'name' && fit.coerce === best.fit.coerce && place.lines + best.place.lines <= lines * 1.02,
  );
}

function whyOf({ place, fit, grounds }: Candidate, { lines }: Places): string {
  const named = grounds === 'name' ? 'named so, ' : '';
  const share = fit.share >= 0.9995 ? 'all' : percent(fit.share);
  const where = place.lines >= lines * 0.9995 ? '' : `; in ${percent(place.lines / lines)} of the lines`;
  return `${named}${share} of its values are ${fit.what}${where}`;
}

function doubtOf({ fit, grounds }: Candidate, rivals: readonly Candidate[]): string | null {
  const doubts: string[] = [];
  if (grounds === 'values') doubts.push('its name says nothing of the kind, only its values do');
  if (grounds === 'loose name') doubts.push('its name may mean something else');
  if (fit.share < nearlyAll) doubts.push('not all of its values can be read so');
  if (fit.doubt !== undefined) doubts.push(fit.doubt);
  if (grounds === 'loose name' && rivals.length > 0)
    doubts.push(
      `so could ${rivals
        .slice(0, 3)
        .map(({ place }) => place.path)
        .join(', ')}`,
    );
  return doubts.length === 0 ? null : doubts.join('; ');
}

export const percent = (share: number): string => `${Math.round(share * 1000) / 10} %`;
