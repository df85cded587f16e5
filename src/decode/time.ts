import { fromHttpDate } from './http-date.ts';
import { months } from './months.ts';

/** Nanoseconds of the year 2286: no log is of a later time. */
const beyondNs = 1e19;

/**
 * Epoch milliseconds of a gateway's time, or NaN. Numbers and digit strings by magnitude (seconds,
 * milliseconds, microseconds, nanoseconds); ISO 8601 with any fraction, with or without a zone;
 * common log format; `2006/01/02 - 15:04:05`; the dates of HTTP. A time without a zone is taken in `zoneMinutes`.
 */
export function epochMs(value: unknown, zoneMinutes = 0): number {
  if (typeof value === 'number') return fromMagnitude(value);
  if (typeof value !== 'string' || value.length < 8 || value.length > 64) return Number.NaN;
  const first = value.charCodeAt(0);
  const startsWithDigit = first >= 48 && first <= 57;
  if (!startsWithDigit)
    return value.startsWith('[') ? epochMs(value.slice(1, -1), zoneMinutes) : fromHttpDate(value);
  if (value[2] === '/') return fromCommonLog(value, zoneMinutes);
  if (value[4] === '-') return fromIso(value, zoneMinutes);
  if (value[4] === '/')
    return fromIso(
      `${value.slice(0, 10).replaceAll('/', '-')}T${value.slice(10).replace(' - ', '').trim()}`,
      zoneMinutes,
    );
  return fromMagnitude(Number(value));
}

function fromMagnitude(value: number): number {
  if (!(value > 0 && value < beyondNs)) return Number.NaN;
  if (value < 1e11) return Math.round(value * 1000);
  if (value < 1e14) return Math.round(value);
  if (value < 1e17) return Math.round(value / 1e3);
  return Math.round(value / 1e6);
}

/** `2026-01-05T10:00:00.123Z`, by far the commonest, is read by position; the rest by the engine. */
function fromIso(value: string, zoneMinutes: number): number {
  if (value.charCodeAt(value.length - 1) === 0x5a && value.length <= 30) {
    const ms = fromUtc(value);
    if (!Number.isNaN(ms)) return ms;
  }
  const plain = withoutHabits(value);
  const zoned = hasZone(plain);
  const parsed = Date.parse(zoned ? plain : `${plain}Z`);
  return zoned ? parsed : parsed - zoneMinutes * 60_000;
}

/** A blank for the `T`, a comma for the point, a gap before the zone, its name behind it, or hours alone. */
function withoutHabits(value: string): string {
  const named = value.endsWith(' UTC') || value.endsWith(' GMT');
  const plain = (named ? value.slice(0, -4) : value).replace(' ', 'T').replace(',', '.').replace(' ', '');
  if (named && !hasZone(plain)) return `${plain}Z`;
  const sign = plain[plain.length - 3];
  return plain.length > 16 && (sign === '+' || sign === '-') ? `${plain}:00` : plain;
}

/** Start of the day that was read last: a log stays in its day. */
let latestDay = '';
let latestDayMs = 0;

function fromUtc(value: string): number {
  const last = value.length - 1;
  const hours = twoDigits(value, 11);
  const minutes = twoDigits(value, 14);
  const seconds = twoDigits(value, 17);
  const isPlain =
    hours < 24 &&
    minutes < 60 &&
    seconds < 60 &&
    value.charCodeAt(10) === 0x54 &&
    value.charCodeAt(13) === 0x3a &&
    value.charCodeAt(16) === 0x3a;
  if (!isPlain) return Number.NaN;
  let ms = 0;
  if (last !== 19) {
    if (value.charCodeAt(19) !== 0x2e || last < 21) return Number.NaN;
    for (let i = 20, unit = 100; i < last; i += 1, unit /= 10) {
      const digit = value.charCodeAt(i) - 48;
      if (digit < 0 || digit > 9) return Number.NaN;
      if (i < 23) ms += digit * unit;
    }
  }
  if (!value.startsWith(latestDay) || latestDay === '') {
    const day = value.slice(0, 10);
    const dayMs = Date.parse(day);
    if (Number.isNaN(dayMs)) return Number.NaN;
    latestDay = day;
    latestDayMs = dayMs;
  }
  return latestDayMs + hours * 3_600_000 + minutes * 60_000 + seconds * 1000 + ms;
}

/** NaN unless two digits stand there. */
function twoDigits(value: string, at: number): number {
  const tens = value.charCodeAt(at) - 48;
  const ones = value.charCodeAt(at + 1) - 48;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN;
}

function hasZone(value: string): boolean {
  const last = value[value.length - 1];
  if (last === 'Z' || last === 'z') return true;
  const tail = value.slice(10);
  return tail.includes('+') || tail.includes('-');
}

/** The common log's times are of whole seconds: on a busy gateway the same one comes again at once. */
let latestCommonLog = '';
let latestZoneMinutes = 0;
let latestCommonLogMs = 0;

function fromCommonLog(value: string, zoneMinutes: number): number {
  if (value === latestCommonLog && zoneMinutes === latestZoneMinutes) return latestCommonLogMs;
  const ms = readCommonLog(value, zoneMinutes);
  latestCommonLog = value;
  latestZoneMinutes = zoneMinutes;
  latestCommonLogMs = ms;
  return ms;
}

/** `25/Feb/2021:16:20:01 -0500`, also with a fraction behind the seconds; without a zone in `zoneMinutes`. */
function readCommonLog(value: string, zoneMinutes: number): number {
  const month = months.get(value.slice(3, 6));
  if (month === undefined || value[11] !== ':') return Number.NaN;
  const blank = value.indexOf(' ', 20);
  const end = blank < 0 ? value.length : blank;
  const utc = Date.UTC(
    Number(value.slice(7, 11)),
    month,
    Number(value.slice(0, 2)),
    Number(value.slice(12, 14)),
    Number(value.slice(15, 17)),
    Number(value.slice(18, 20)),
  );
  // The dot with at most three digits: more would round into the next second.
  const ms = end > 21 ? Math.round(1000 * Number(value.slice(20, Math.min(end, 24)))) : 0;
  const zone = value.slice(end + 1);
  if (zone.length < 5) return utc + ms - zoneMinutes * 60_000;
  const sign = zone[0] === '-' ? 1 : -1;
  return utc + ms + sign * (Number(zone.slice(1, 3)) * 60 + Number(zone.slice(3, 5))) * 60_000;
}
