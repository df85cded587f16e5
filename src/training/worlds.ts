import { trainingScenarios } from '../simulation/attacks/index.ts';
import type { WorldStyle } from '../simulation/parameters.ts';
import type { WorldOptions } from '../simulation/world.ts';

export const trainingStyles: readonly WorldStyle[] = [
  'tuning',
  'messy',
  'machines',
  'randomised',
  'small-fleet',
  'agents',
  'tuning',
  'large',
  'messy',
  'cloud',
];

const warmupDays = 12;

/** The n-th world of a seed; worlds from 500 on are for validation. No held-out family attacks it. */
export function trainingWorld(
  seed: number,
  n: number,
  days: number,
): WorldOptions & { readonly warmupDays: number; readonly style: WorldStyle } {
  const style = trainingStyles[n % trainingStyles.length] as WorldStyle;
  return { seed: seed + n, style, days, warmupDays, attacks: trainingScenarios, overrides: capped(style) };
}

/** Training needs many worlds more than large ones. */
function capped(style: WorldStyle) {
  return style === 'large' ? { fleet: 1500 } : style === 'small-fleet' ? {} : { fleet: 700 };
}
