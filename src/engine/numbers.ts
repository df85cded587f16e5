import type { FeatureSpec } from './detector.ts';

/** A measured or expected quantity as people write it. */
export function quantity(value: number, unit: FeatureSpec['unit'] = 'count'): string {
  switch (unit) {
    case 'bytes':
      return bytes(value);
    case 'share':
      return `${(value * 100).toFixed(value < 0.1 ? 1 : 0)} %`;
    case 'bits':
      // Less surprise than on average is none to a reader.
      return Math.max(0, value).toFixed(1);
    case 'hours':
      return value >= 48 ? `${Math.round(value / 24)} days` : `${value.toFixed(1)} hours`;
    case 'usd':
      return `$${value.toFixed(2)}`;
    case 'count':
      return count(value);
  }
}

/** Sentences are written for many: `1 requests in one hour` → `1 request in one hour`. */
export function ofOne(sentence: string): string {
  return sentence.replace(/^1 ([a-z]+)s\b/, '1 $1');
}

function count(value: number): string {
  if (value >= 100) return `${Math.round(value)}`;
  if (value === Math.trunc(value)) return `${value}`;
  return value.toFixed(1);
}

function bytes(value: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB'];
  let scaled = value;
  let unit = 0;
  while (scaled >= 1000 && unit < units.length - 1) {
    scaled /= 1000;
    unit += 1;
  }
  return `${unit === 0 ? Math.round(scaled) : scaled.toFixed(1)} ${units[unit]}`;
}
