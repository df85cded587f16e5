import type { Group } from '../../evaluation/report.ts';
import { type ScenarioId, withheldScenarios } from '../../simulation/attacks/index.ts';
import { type WorldParameters, type WorldStyle, worldStyles } from '../../simulation/parameters.ts';
import type { WorldOptions } from '../../simulation/world.ts';
import { usageFailure } from '../io.ts';

export interface PlannedGroup {
  readonly name: string;
  readonly bar: Group['bar'];
  /** Played with the model that was never trained on its attacks. */
  readonly withheld: boolean;
  readonly worlds: readonly (WorldOptions & { readonly warmupDays: number })[];
}

export interface Plan {
  readonly form: 'quick' | 'full';
  readonly groups: readonly PlannedGroup[];
  readonly budgetWorlds: readonly WorldOptions[];
  readonly budgets: readonly number[];
  readonly forest: { readonly trees: number; readonly sampleSize: number };
}

/** Frozen for the report: training and tuning use seeds below 9000. */
export const reportSeed = 61_001;

const bars = {
  fresh: [0.85, 0.92, 0.97],
  noisy: [0.65, 0.78, 0.88],
  withheld: [0.7, 0.8, 0.9],
} as const;

interface Row {
  readonly name: string;
  readonly style: WorldStyle;
  readonly bar: Group['bar'];
  /** Only families that the model of this row was never trained on. */
  readonly withheld?: boolean;
  /** What such logs can show at all; everything when absent. */
  readonly scenarios?: readonly ScenarioId[];
  /** Attacks begin two hours after the first record: nobody is known yet. */
  readonly isNew?: boolean;
  /** Worlds a seed: small ones say little each. */
  readonly worldsPerSeed?: number;
  readonly overrides?: Partial<WorldParameters>;
}

const rows: readonly Row[] = [
  { name: 'tuning', style: 'tuning', bar: bars.fresh },
  { name: 'randomised', style: 'randomised', bar: bars.fresh },
  { name: 'messy', style: 'messy', bar: bars.noisy },
  { name: 'machines', style: 'machines', bar: bars.fresh },
  { name: 'doubled noise', style: 'doubled-noise', bar: bars.noisy },
  { name: 'never trained on', style: 'catalogue', bar: bars.withheld, withheld: true },
  { name: 'fleets of 30', style: 'small-fleet', bar: bars.fresh, worldsPerSeed: 4 },
  { name: 'large', style: 'large', bar: bars.fresh },
  { name: 'agents', style: 'agents', bar: bars.fresh },
  { name: 'cloud', style: 'cloud', bar: bars.fresh },
  {
    name: 'audit trails',
    style: 'audit',
    bar: bars.fresh,
    scenarios: ['masquerade', 'rate-burst', 'off-hours', 'volume-ramp', 'dormant-wake', 'human-turned-robot'],
    overrides: { attacksPerScenario: 12 },
  },
  { name: 'first days', style: 'cloud', bar: bars.fresh, isNew: true },
];

const quickRows = ['tuning', 'messy', 'never trained on'];

export interface PlanFlags {
  readonly full: boolean;
  /** How many seeds a row, from `reportSeed` on, or the seeds themselves. */
  readonly seeds: readonly number[] | undefined;
  readonly styles: readonly string[] | undefined;
  readonly fleet: number | undefined;
}

/** Which worlds a run plays. Throws a usage failure that names the known rows. */
export function planOf({ full, seeds, styles, fleet }: PlanFlags): Plan {
  const wanted = styles ?? (full ? rows.map(({ name }) => name) : quickRows);
  const unknown = wanted.filter((name) => !rows.some((row) => row.name === name || row.style === name));
  if (unknown.length > 0) {
    throw usageFailure(`--styles ${unknown.join(',')}: known are ${rows.map(({ name }) => name).join(', ')}`);
  }
  const chosen = rows.filter(({ name, style }) => wanted.includes(name) || wanted.includes(style));
  const perRow = seeds ?? Array.from({ length: full ? 3 : 1 }, (_, n) => reportSeed + n);
  const days = full ? 24 : 18;
  const warmupDays = full ? 13 : 11;
  return {
    form: full ? 'full' : 'quick',
    groups: chosen.map((row, r) => ({
      name: row.name,
      bar: row.bar,
      withheld: row.withheld ?? false,
      worlds: seedsOf(perRow, r, row.worldsPerSeed ?? 1).map((seed) => ({
        seed,
        style: row.style,
        days: row.isNew ? newDays : days,
        warmupDays: row.isNew ? newWarmupDays : warmupDays,
        attacks: row.withheld ? withheldScenarios : (row.scenarios ?? 'all'),
        overrides: { ...row.overrides, ...sized(row.style, full, fleet) },
      })),
    })),
    budgetWorlds: (full ? budgetFleets : quickBudgetFleets).map((size, n) => ({
      seed: reportSeed + 900 + n,
      style: 'randomised' as const,
      days: full ? 35 : 18,
      overrides: { fleet: size },
    })),
    budgets: full ? [2, 5, 10, 50] : [2, 10],
    forest: full ? { trees: 30, sampleSize: 256 } : { trees: 20, sampleSize: 128 },
  };
}

const newDays = 4;
const newWarmupDays = 1 / 12;

/** Rows share no seed. */
function seedsOf(seeds: readonly number[], row: number, each: number): number[] {
  return seeds.flatMap((seed) => Array.from({ length: each }, (_, n) => seed + 100 * row + 20 * n));
}

const budgetFleets = [60, 400, 1_500];
const quickBudgetFleets = [200];

function sized(style: WorldStyle, full: boolean, fleet: number | undefined): Partial<WorldParameters> {
  if (style === 'small-fleet') return {};
  if (fleet !== undefined) return { fleet };
  if (full) return {};
  return { fleet: 300 };
}

export const rowNames: readonly string[] = [...new Set([...rows.map(({ name }) => name), ...worldStyles])];
