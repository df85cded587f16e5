import { type ScenarioId, scenarios, withheldScenarios } from '../simulation/attacks/index.ts';
import type { WorldParameters, WorldStyle } from '../simulation/parameters.ts';
import type { WorldOptions } from '../simulation/world.ts';

interface Kind {
  readonly style: WorldStyle;
  /** Attacks begin on the first day, when nobody is known yet. */
  readonly isNew?: boolean;
}

/** Kinds of worlds in turn; the first few have some of everything, for they are also what validation plays. */
const kinds: readonly Kind[] = [
  { style: 'tuning' },
  { style: 'messy' },
  { style: 'machines' },
  { style: 'randomised' },
  { style: 'audit' },
  { style: 'cloud' },
  { style: 'messy', isNew: true },
  { style: 'agents' },
  { style: 'small-fleet' },
  { style: 'randomised' },
  { style: 'cloud', isNew: true },
  { style: 'large' },
  { style: 'audit' },
  { style: 'tuning' },
  { style: 'audit' },
  { style: 'randomised', isNew: true },
  { style: 'tuning', isNew: true },
];

const warmupDays = 12;
const newWorld = { days: 4, warmupDays: 1 / 12 };
/** What a trail of operations can show at all. */
const auditScenarios: readonly ScenarioId[] = [
  'masquerade',
  'rate-burst',
  'off-hours',
  'volume-ramp',
  'dormant-wake',
  'human-turned-robot',
];

/** What training may see: everything, or nothing of the families that are withheld. */
export function learnableScenarios(withheld: boolean): readonly ScenarioId[] {
  return scenarios.map(({ id }) => id).filter((id) => !withheld || !withheldScenarios.includes(id));
}

/** The n-th world of a seed; worlds from 500 on are for validation. */
export function trainingWorld(
  seed: number,
  n: number,
  days: number,
  learnable: readonly ScenarioId[],
): WorldOptions & { readonly warmupDays: number; readonly style: WorldStyle } {
  const { style, isNew } = kinds[(n % 500) % kinds.length] as Kind;
  return {
    seed: seed + n,
    style,
    days,
    warmupDays,
    ...(isNew ? newWorld : {}),
    attacks: style === 'audit' ? auditScenarios.filter((id) => learnable.includes(id)) : learnable,
    overrides: capped(style),
  };
}

/** Whether the n-th world of a seed begins with its attacks, when nobody is known yet. */
export function firstDaysOnly(n: number): boolean {
  return kinds[(n % 500) % kinds.length]?.isNew === true;
}

/** Training needs many worlds more than large ones. */
function capped(style: WorldStyle): Partial<WorldParameters> {
  if (style === 'large') return { fleet: 1500 };
  if (style === 'audit') return { attacksPerScenario: 25 };
  return style === 'small-fleet' ? {} : { fleet: 700 };
}
