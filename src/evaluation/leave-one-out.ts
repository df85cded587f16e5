import { quantile } from 'simple-statistics';
import type { Random } from '../simulation/random.ts';
import type { WorldOutcome } from './outcome.ts';
import { falseDaysPerThousand, mergeTails, recallOver, tailOf, thresholdFor } from './recall.ts';

/** The combination that was trained on every scenario. */
export const allScenariosId = 'all-scenarios';
/** The combination that never saw this scenario. */
export const leftOutId = (scenario: string) => `left-out ${scenario}`;

/** How far below z² a score may fall on what it was never shown. */
export const allowedLoss = 0.1;
/** z² with the same features: over a running mean of their values, and over the product's residuals. */
const squaresIds = ['z2-all', 'z2-residuals'];
const rounds = 400;

export interface LeftOutRow {
  readonly scenario: string;
  readonly attacks: number;
  /** Recall of this scenario's attacks at 1, 5 and 20 false credential-days per 1,000. */
  readonly leftOut: readonly number[];
  readonly trainedOn: readonly number[];
  /** The better of the two z² at each budget. */
  readonly squares: readonly number[];
  /** `leftOut` minus `squares` where that is lowest, with its 95 % bootstrap interval over attacks. */
  readonly worst: {
    readonly perThousand: number;
    readonly difference: number;
    readonly low: number;
    readonly high: number;
  };
  readonly holds: boolean;
}

/**
 * What is found of each scenario by a combination that was trained without it. Worlds must have been
 * played with the combinations of `leftOutId` and `allScenariosId` beside. Scenarios whose attacks left
 * no hour have no row. Rows in falling order of loss.
 */
export function leaveOneOut(
  worlds: readonly WorldOutcome[],
  scenarios: readonly string[],
  random: Random,
): LeftOutRow[] {
  const score = scorer(worlds);
  const all = score(allScenariosId);
  const squares = squaresIds.map(score);
  return scenarios
    .flatMap((scenario): LeftOutRow[] => {
      const units = unitsOf(worlds, scenario);
      if (units.length === 0) return [];
      const leftOut = score(leftOutId(scenario));
      const differences = (drawn: readonly Unit[]) => {
        const best = highest(squares.map((one) => one(drawn)));
        return leftOut(drawn).map((recall, b) => recall - (best[b] as number));
      };
      const difference = differences(units);
      const budget = difference.indexOf(Math.min(...difference));
      const draws = Array.from({ length: rounds }, () => {
        const drawn = units.map(() => units[Math.floor(random.next() * units.length)] as Unit);
        return differences(drawn)[budget] as number;
      });
      return [
        {
          scenario,
          attacks: units.flat().length,
          leftOut: leftOut(units),
          trainedOn: all(units),
          squares: highest(squares.map((one) => one(units))),
          worst: {
            perThousand: falseDaysPerThousand[budget] as number,
            difference: difference[budget] as number,
            low: quantile(draws, 0.025),
            high: quantile(draws, 0.975),
          },
          // A recall is a quotient of counts: what differs in the last digits is equal.
          holds: (difference[budget] as number) >= -allowedLoss - 1e-9,
        },
      ];
    })
    .sort((a, b) => a.worst.difference - b.worst.difference || (a.scenario < b.scenario ? -1 : 1));
}

/** Attacks of one campaign stand or fall together: they are drawn together. */
type Unit = readonly { readonly best: Float32Array }[];

function unitsOf(worlds: readonly WorldOutcome[], scenario: string): Unit[] {
  return worlds.flatMap(({ episodes }) => [
    ...Map.groupBy(
      episodes.filter((episode) => episode.scenario === scenario && !episode.violation),
      (episode) => episode.campaign ?? episode,
    ).values(),
  ]);
}

/** Recall at every budget, by a method's own thresholds on the clean days of all worlds. */
function scorer(worlds: readonly WorldOutcome[]) {
  return (id: string) => {
    const methods = worlds.map((world) => {
      const m = world.methods.findIndex((method) => method.id === id);
      if (m < 0) throw new RangeError(`seed ${world.seed} was played without '${id}'`);
      return m;
    });
    const m = methods[0] as number;
    if (methods.some((other) => other !== m))
      throw new RangeError(`worlds were played with different methods`);
    const tail = mergeTails(worlds.map((world) => tailOf(world.cleanDays[m] as Float32Array)));
    const thresholds = falseDaysPerThousand.map((rate) => thresholdFor(tail, rate));
    return (units: readonly Unit[]) => {
      const best = units.flatMap((unit) => unit.map((episode) => episode.best[m] as number));
      return thresholds.map((threshold) => recallOver(best, threshold));
    };
  };
}

function highest(lists: readonly (readonly number[])[]): number[] {
  return falseDaysPerThousand.map((_, b) => Math.max(...lists.map((list) => list[b] as number)));
}
