import { months } from '../months.ts';

/** The log's zone is not known here: a time may seem to lie this far ahead. */
const zoneSlackMs = 86_400_000;

/**
 * `Jan 29 08:27:09` → `2026-01-29 08:27:09`, in the latest year in which that is not after `receivedMs`
 * (epoch milliseconds). Null for anything else, and when nothing is known of the reception.
 */
export function withYear(value: unknown, receivedMs: number | undefined): string | null {
  if (typeof value !== 'string' || value.length !== 15 || receivedMs === undefined) return null;
  const month = months.get(value.slice(0, 3));
  const day = value.slice(4, 6).replace(' ', '0');
  if (month === undefined || Number.isNaN(Number(day))) return null;
  const rest = `${String(month + 1).padStart(2, '0')}-${day} ${value.slice(7)}`;
  const year = new Date(receivedMs).getUTCFullYear();
  for (const candidate of [year + 1, year, year - 1, year - 2, year - 3, year - 4]) {
    const ms = Date.parse(`${candidate}-${rest.replace(' ', 'T')}Z`);
    // 29 February is parsed into March in other years.
    const isWhole = new Date(ms).getUTCDate() === Number(day);
    if (isWhole && ms <= receivedMs + zoneSlackMs) return `${candidate}-${rest}`;
  }
  return null;
}
