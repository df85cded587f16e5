import { months } from './months.ts';

/** Years of two digits from here on are of the last century. */
const firstOfLastCentury = 70;

/** `Mon, 05 Jan 2026 10:00:00 GMT` (also with `+0100`), in its older form `Monday, 05-Jan-26 10:00:00 GMT`; NaN for all else. */
export function fromHttpDate(value: string): number {
  const comma = value.indexOf(', ');
  if (comma < 3 || comma > 9) return Number.NaN;
  const words = value.slice(comma + 2).split(' ', 6);
  const [day = '', month = '', year = ''] = words.length === 5 ? words.splice(0, 3) : dated(words);
  const [clock = '', zone = ''] = words;
  const number = months.get(month);
  if (number === undefined || clock.length !== 8 || words.length !== 2) return Number.NaN;
  const midnight = Date.UTC(fullYear(year), number, Number(day));
  const time = Date.parse(`1970-01-01T${clock}Z`);
  return midnight + time - zoneMs(zone);
}

/** The first word, which holds the whole date, taken off. */
function dated(words: string[]): readonly string[] {
  return words.shift()?.split('-', 3) ?? [];
}

function fullYear(year: string): number {
  const parsed = Number(year);
  if (year.length === 4) return parsed;
  return year.length === 2 ? parsed + (parsed < firstOfLastCentury ? 2000 : 1900) : Number.NaN;
}

function zoneMs(zone: string): number {
  if (zone === 'GMT' || zone === 'UTC') return 0;
  const sign = zone[0] === '+' ? 1 : zone[0] === '-' ? -1 : Number.NaN;
  return zone.length === 5
    ? sign * (Number(zone.slice(1, 3)) * 60 + Number(zone.slice(3))) * 60_000
    : Number.NaN;
}
