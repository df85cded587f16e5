import type { Place } from './places.ts';
import type { Fit } from './rules.ts';
import { isAmount, isGoDuration, isWhole, type TimeUnit, timeUnitOf } from './value-kinds.ts';

/** How numbers and texts with a unit are read: by what their name says of it, else by their size. */

const timeWords: Readonly<Record<TimeUnit, string>> = {
  'epoch-s': 'seconds since 1970',
  'epoch-ms': 'milliseconds since 1970',
  'epoch-us': 'microseconds since 1970',
  'epoch-ns': 'nanoseconds since 1970',
  rfc3339: 'times as text',
  'any-time': 'times',
};

const nearlyAll = 0.95;

export function timeFit({ values }: Place): Fit {
  const units = new Map<TimeUnit, number>();
  let read = 0;
  for (const value of values) {
    const unit = timeUnitOf(value);
    if (unit === null) continue;
    read += 1;
    units.set(unit, (units.get(unit) ?? 0) + 1);
  }
  const share = values.length === 0 ? 0 : read / values.length;
  const [first] = [...units].sort((a, b) => b[1] - a[1]);
  if (first === undefined) return { share: 0, what: 'times' };
  const [unit, count] = first;
  if (count < read) return { share, what: 'times of several kinds', coerce: 'any-time' };
  return { share, what: timeWords[unit], coerce: unit };
}

type DurationUnit = 'milliseconds' | 'seconds' | 'microseconds' | 'nanoseconds';

const unitNames: ReadonlyMap<string, DurationUnit> = new Map([
  ['ms', 'milliseconds'],
  ['msec', 'milliseconds'],
  ['msecs', 'milliseconds'],
  ['millis', 'milliseconds'],
  ['milliseconds', 'milliseconds'],
  ['us', 'microseconds'],
  ['usec', 'microseconds'],
  ['micros', 'microseconds'],
  ['microseconds', 'microseconds'],
  ['ns', 'nanoseconds'],
  ['nsec', 'nanoseconds'],
  ['nanos', 'nanoseconds'],
  ['nanoseconds', 'nanoseconds'],
  ['s', 'seconds'],
  ['sec', 'seconds'],
  ['secs', 'seconds'],
  ['seconds', 'seconds'],
]);

/** The unit that a name says at its end. */
function unitIn(words: readonly string[]): DurationUnit | null {
  const last = words.at(-1);
  if (last === undefined) return null;
  const known = unitNames.get(last);
  if (known !== undefined) return known;
  // `durationms` in one word.
  for (const [name, unit] of unitNames)
    if (name.length > 1 && last.length > name.length && last.endsWith(name)) return unit;
  return null;
}

const kiloNames = new Set(['kb', 'kbytes', 'kilobytes']);

/** Words without the unit at their end. */
export function withoutUnit(words: readonly string[]): readonly string[] {
  const last = words.at(-1);
  const isUnit = last !== undefined && (unitNames.has(last) || kiloNames.has(last));
  return isUnit && words.length > 1 ? words.slice(0, -1) : words;
}

export function durationFit(place: Place): Fit {
  const { values, words } = place;
  const texts = values.filter(isGoDuration).length;
  if (texts > 0 && texts >= values.length / 2)
    return { share: texts / values.length, what: 'durations with their unit', coerce: 'go-duration' };
  const amounts = values.filter(isAmount);
  const share = values.length === 0 ? 0 : amounts.length / values.length;
  const said = unitIn(words);
  if (said !== null) return { share, what: `numbers of ${said}, as the name says`, coerce: said };
  const numbers = amounts.map(Number).sort((a, b) => a - b);
  const unit = unitBySize(numbers, amounts.filter(isWhole).length / Math.max(1, amounts.length));
  return {
    share,
    what: `numbers, the middle one ${short(numbers[numbers.length >> 1] ?? 0)}`,
    coerce: unit,
    doubt: `neither name nor value says the unit; by their size they are taken for ${unit}`,
  };
}

/** An answer takes a few milliseconds to some seconds: whatever puts the middle one there is the unit. */
function unitBySize(numbers: readonly number[], wholeShare: number): DurationUnit {
  const middle = numbers[numbers.length >> 1] ?? 0;
  if (wholeShare < nearlyAll && middle < 10) return 'seconds';
  if (middle < 30_000) return 'milliseconds';
  return middle < 5_000_000 ? 'microseconds' : 'nanoseconds';
}

export function sizeFit({ values, words }: Place): Fit {
  const isKilo = words.some((word) => kiloNames.has(word));
  const share = values.filter(isKilo ? isAmount : isWhole).length / Math.max(1, values.length);
  return isKilo
    ? { share, what: 'numbers of kilobytes, as the name says', coerce: 'kilobytes' }
    : { share, what: 'whole numbers' };
}

const short = (value: number) => (Number.isInteger(value) ? String(value) : value.toPrecision(3));
