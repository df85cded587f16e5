import type { Model } from '../../schemas/model.ts';
import { createRandom } from '../simulation/random.ts';
import { wholeId } from './ablation.ts';
import { type Interval, recallInterval, sampleOf } from './bootstrap.ts';
import type { BudgetOutcome } from './budget-run.ts';
import { type CalibrationBin, calibrationBins, promisedRates } from './calibration.ts';
import { type DetectionTime, detectionTime } from './detection-time.ts';
import { explained, namedFirst } from './explained.ts';
import type { CleanDay, EpisodeOutcome, WorldOutcome } from './outcome.ts';
import { averagePrecision } from './pr-auc.ts';
import { falseDaysPerThousand, mergeTails, recallOver, tailOf, thresholdFor } from './recall.ts';

/** A named set of worlds judged together: one row of the table. */
export interface Group {
  readonly name: string;
  readonly bar: readonly [number, number, number] | null;
  readonly worlds: readonly WorldOutcome[];
}

export interface MethodRow {
  readonly id: string;
  readonly label: string;
  /** At 1, 5 and 20 false credential-days per 1,000. */
  readonly recall: readonly Interval[];
  /** Unit: credential-hours. */
  readonly prAuc: number;
}

export interface ScenarioRow {
  readonly scenario: string;
  readonly attacks: number;
  readonly recall: readonly number[];
  /** Best rival at 5 per 1,000, by the highest recall. */
  readonly bestRival: { readonly label: string; readonly recall: number };
  readonly medianMinutes: number;
  readonly medianEvents: number;
  /** Share of the found whose top family is a planted one. */
  readonly explained: number;
  /** Families named first for the found, most often first. */
  readonly named: readonly { readonly family: string; readonly attacks: number }[];
}

export interface GroupReport {
  readonly name: string;
  readonly bar: Group['bar'];
  readonly seeds: readonly number[];
  readonly attacks: number;
  readonly cleanDays: number;
  readonly attackedHourShare: number;
  readonly thresholds: readonly number[];
  readonly methods: readonly MethodRow[];
  readonly scenarios: readonly ScenarioRow[];
  readonly detection: DetectionTime;
  readonly explanation: ReturnType<typeof explained>;
  readonly violations: { readonly found: number; readonly all: number; readonly falseAlerts: number };
  readonly calibration: readonly CalibrationBin[];
  readonly rates: readonly { readonly promised: number; readonly delivered: number }[];
  readonly highestClean: readonly CleanDay[];
  readonly missed: readonly {
    readonly scenario: string;
    readonly bits: number;
    readonly events: number;
    readonly features: readonly string[];
  }[];
}

export interface AblationRow {
  readonly label: string;
  /** Change of recall at 1, 5 and 20 when it is off; negative: it pays. */
  readonly change: readonly number[];
}

export interface Report {
  readonly date: string;
  readonly machine: string;
  readonly command: string;
  readonly seconds: number;
  readonly events: number;
  readonly model: Model['provenance'];
  readonly groups: readonly GroupReport[];
  readonly ablation: readonly AblationRow[];
  readonly budget: readonly BudgetOutcome[];
}

const behavioural = ({ violation }: EpisodeOutcome) => !violation;

/** Everything that is said about one group of worlds. */
export function groupReport({ name, bar, worlds }: Group, model: Model): GroupReport {
  const first = worlds[0];
  if (first === undefined) throw new RangeError(`the group '${name}' has no world`);
  const compared = first.methods.filter(({ kind }) => kind !== 'ablation');
  const random = createRandom(worlds.length).stream(name);
  const attacked = joined(worlds.map((world) => world.attacked));
  const methods = compared.map(({ id, label }, m): MethodRow => {
    const samples = worlds.map((world) => sampleOf(world, m, behavioural));
    return {
      id,
      label,
      recall: falseDaysPerThousand.map((rate) => recallInterval(samples, rate, random)),
      prAuc: averagePrecision(joinedScores(worlds.map((world) => world.hours[m] as Float32Array)), attacked),
    };
  });
  const limits = compared.map((_, m) => {
    const tail = mergeTails(worlds.map((world) => tailOf(world.cleanDays[m] as Float32Array)));
    return falseDaysPerThousand.map((rate) => thresholdFor(tail, rate));
  });
  const thresholds = limits[0] as number[];
  const middle = thresholds[1] as number;
  const episodes = worlds.flatMap((world) => world.episodes).filter(behavioural);
  const violations = worlds.flatMap((world) => world.episodes).filter(({ violation }) => violation);
  const byScenario = Map.groupBy(episodes, ({ scenario }) => scenario);
  return {
    name,
    bar,
    seeds: worlds.map(({ seed }) => seed),
    attacks: episodes.length,
    cleanDays: worlds.reduce((sum, world) => sum + (world.cleanDays[0] as Float32Array).length, 0),
    attackedHourShare: attacked.reduce((sum, label) => sum + label, 0) / Math.max(1, attacked.length),
    thresholds,
    methods,
    scenarios: [...byScenario]
      .map(([scenario, list]): ScenarioRow => {
        const rivals = compared
          .map(({ label, kind }, m) => ({
            label,
            kind,
            recall: recallOver(
              list.map(({ best }) => best[m] as number),
              limits[m]?.[1] as number,
            ),
          }))
          .filter(({ kind }) => kind === 'rival')
          .sort((a, b) => b.recall - a.recall);
        const time = detectionTime(list, middle);
        return {
          scenario,
          attacks: list.length,
          recall: thresholds.map((threshold) =>
            recallOver(
              list.map(({ best }) => best[0] as number),
              threshold,
            ),
          ),
          bestRival: { label: rivals[0]?.label ?? 'none', recall: rivals[0]?.recall ?? 0 },
          medianMinutes: time.minutes.median,
          medianEvents: time.attackerEvents.median,
          explained: explained(list, middle).byScore,
          named: namedFirst(list, middle),
        };
      })
      .sort(
        (a, b) => (a.recall[1] as number) - (b.recall[1] as number) || (a.scenario < b.scenario ? -1 : 1),
      ),
    detection: detectionTime(episodes, middle),
    explanation: explained(episodes, middle),
    violations: {
      found: violations.filter(({ violationAlert }) => violationAlert).length,
      all: violations.length,
      falseAlerts: worlds.reduce((sum, { falseViolations }) => sum + falseViolations.length, 0),
    },
    calibration: calibrationBins(
      joinedScores(worlds.map((world) => world.hours[0] as Float32Array)),
      attacked,
    ),
    rates: promisedRates(
      model.calibration.rates,
      worlds.map((world) => world.cleanDays[0] as Float32Array),
    ),
    highestClean: worlds
      .flatMap(({ highestClean }) => highestClean)
      .sort((a, b) => b.bits - a.bits)
      .slice(0, 10),
    missed: [...byScenario].flatMap(([scenario, list]) =>
      list
        .filter(({ best }) => (best[0] as number) <= middle)
        .slice(0, 1)
        .map(({ best, attackerEvents, features }) => ({
          scenario,
          bits: best[0] as number,
          events: attackerEvents,
          features,
        })),
    ),
  };
}

/** What each part was worth over all worlds: recall without it minus recall with everything. */
export function ablationOf(worlds: readonly WorldOutcome[]): AblationRow[] {
  const methods = worlds[0]?.methods ?? [];
  const recallAt = (m: number) => {
    const tail = mergeTails(worlds.map((world) => tailOf(world.cleanDays[m] as Float32Array)));
    const best = worlds
      .flatMap((world) => world.episodes)
      .filter(behavioural)
      .map((e) => e.best[m] as number);
    return falseDaysPerThousand.map((rate) => recallOver(best, thresholdFor(tail, rate)));
  };
  const reference = methods.findIndex(({ id }) => id === wholeId);
  if (reference < 0) return [];
  const whole = recallAt(reference);
  return methods
    .map((method, m) => ({ method, m }))
    .filter(({ method, m }) => method.kind === 'ablation' && m !== reference)
    .map(({ method, m }) => ({
      label: method.label,
      change: recallAt(m).map((recall, r) => recall - (whole[r] as number)),
    }))
    .sort((a, b) => (a.change[1] as number) - (b.change[1] as number));
}

function joinedScores(parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
