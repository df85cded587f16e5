import type { DeclaredUse } from '../../schemas/config/engine.ts';
import { type CredentialUse, type Dimension, dimensions } from './observed-use.ts';

export interface Proposal {
  readonly credential: string;
  readonly declared: DeclaredUse;
  /** What was left out, and why: for the person who has to decide. */
  readonly remarks: readonly string[];
}

/** A window of hours this wide says nothing. */
const widestHours = 18;

/**
 * What a credential was used for on at least `minDays` days without an alert, as a declaration. Null when
 * it was not used on that many days, or nothing in its log can be declared.
 */
export function proposalOf(use: CredentialUse, minDays: number): Proposal | null {
  const clean = [...use.days].filter((day) => !use.alertedDays.has(day));
  if (clean.length < minDays) return null;
  const remarks: string[] = [];
  if (use.alertedDays.size > 0) remarks.push(`${use.alertedDays.size} days with alerts were left out`);
  const declared: { -readonly [Key in keyof DeclaredUse]: DeclaredUse[Key] } = {};
  for (const dimension of dimensions) {
    const { kept, rare } = settled(use, dimension, minDays, remarks);
    if (rare.length > 0 && dimension !== 'hours')
      remarks.push(`${dimension} used on fewer than ${minDays} days: ${listed(rare)}`);
    if (kept.length === 0) continue;
    if (dimension === 'hours') {
      // Hours of any day count: a window that its own past breaks would be no window.
      const hours = hoursOf([...kept, ...rare].map(Number));
      if (hours !== null) declared.hours = hours;
    } else declared[dimension] = kept.sort();
  }
  const wide = [use.credential, ...(declared.routes ?? [])].filter((text) => text.includes('*'));
  // Whoever has the credential may have asked for a path with that sign in it.
  if (wide.length > 0) remarks.push(`* stands for any run of characters in: ${listed(wide)}`);
  return Object.keys(declared).length === 0 ? null : { credential: use.credential, declared, remarks };
}

function settled(use: CredentialUse, dimension: Dimension, minDays: number, remarks: string[]) {
  const kept: string[] = [];
  const rare: string[] = [];
  const values = use.values[dimension];
  if (values === null) remarks.push(`${dimension}: too many to declare`);
  for (const [value, days] of values ?? []) {
    const clean = [...days].filter((day) => !use.alertedDays.has(day)).length;
    if (clean >= minDays) kept.push(value);
    else if (clean > 0) rare.push(value);
  }
  return { kept, rare };
}

/** The shortest window around the clock that holds all hours of the day; null when it is hardly shorter than a day. */
export function hoursOf(hours: readonly number[]): { from: number; to: number } | null {
  const sorted = [...new Set(hours)].sort((a, b) => a - b);
  const first = sorted[0];
  if (first === undefined) return null;
  let widest = -1;
  let from = first;
  sorted.forEach((hour, n) => {
    const next = sorted[(n + 1) % sorted.length] as number;
    const gap = (next - hour + 24) % 24 || 24;
    if (gap <= widest) return;
    widest = gap;
    from = next;
  });
  const length = 25 - widest;
  return length > widestHours ? null : { from, to: (from + length) % 24 || 24 };
}

function listed(values: readonly string[]): string {
  const shown = values.slice(0, 5).join(', ');
  return values.length > 5 ? `${shown} and ${values.length - 5} more` : shown;
}
