import type { Family } from '../../schemas/alert.ts';
import type { Model } from '../../schemas/model.ts';
import { Combination } from './combination.ts';
import type { BehaviouralDetector, FeatureSpec } from './detector.ts';
import { Habits } from './habits.ts';
import type { RecordLayout } from './record-layout.ts';

/** One feature with its detector: the columns of the model. */
export interface Column {
  readonly detector: BehaviouralDetector;
  readonly spec: FeatureSpec;
  readonly index: number;
}

/** Share of a feature or family in a score: what the score would lose at its normal value. */
export interface Contribution {
  readonly column: Column;
  readonly bits: number;
  readonly residual: number;
  readonly observed: number;
  readonly expected: number;
}

/** Share of a family in a score, and what the score would be with the family at its normal value. */
export interface FamilyShare {
  readonly bits: number;
  readonly withoutBits: number;
}

/** Residuals of the running hour joined into a score in bits, and the way back to what caused it. */
export class Scorer {
  readonly columns: readonly Column[];
  readonly habits: Habits;
  readonly raw: Float64Array;
  readonly values: Float64Array;
  readonly residuals: Float64Array;
  readonly #combination: Combination;

  constructor(layout: RecordLayout, detectors: readonly BehaviouralDetector[], types: number, model: Model) {
    this.columns = columnsOf(detectors);
    const names = this.columns.map(({ spec }) => spec.name);
    if (names.join() !== model.featureNames.join()) {
      const missing = names.filter((name) => !model.featureNames.includes(name));
      const unknown = model.featureNames.filter((name) => !names.includes(name));
      throw new RangeError(
        `Model was trained for other features (not in the model: ${missing.join(', ') || 'none'}; unknown here: ${unknown.join(', ') || 'none'}); train it again with npm run train`,
      );
    }
    this.habits = new Habits(
      layout,
      this.columns.map(({ spec }) => spec),
      types,
      model.prior,
    );
    this.raw = new Float64Array(names.length);
    this.values = new Float64Array(names.length);
    this.residuals = new Float64Array(names.length);
    this.#combination = new Combination(model);
  }

  /** Residuals of `raw` for the record under the cursor; returns their plain sum on the model's scale. */
  measure(type: number, hours: number): number {
    this.habits.scale(this.raw, type, this.values);
    this.habits.residuals(this.values, type, hours, this.residuals);
    return this.prepare(hours);
  }

  /** Takes `residuals` as they are: for an hour read back from the record. */
  prepare(hours: number): number {
    return this.#combination.prepare(this.residuals, hours);
  }

  /** Score of what was measured last. */
  score(): number {
    return this.#combination.score();
  }

  /** Score with some columns at their normal value. */
  scoreWithout(isOut: (column: Column) => boolean): number {
    return this.#combination.scoreWithout(this.residuals, (f) => isOut(this.columns[f] as Column));
  }

  /**
   * Contribution of every family to a score of `bits`: the mean of what the score loses without the
   * family and of what the family alone adds to a usual hour (its Shapley value against the rest). By the
   * first alone, two families that say the same would each count for nothing.
   */
  families(bits: number): Map<Family, FamilyShare> {
    const usual = this.scoreWithout(() => true);
    const families = new Map<Family, FamilyShare>();
    for (const family of new Set(this.columns.map(({ detector }) => detector.family))) {
      const withoutBits = this.scoreWithout(({ detector }) => detector.family === family);
      const aloneBits = this.scoreWithout(({ detector }) => detector.family !== family);
      families.set(family, { bits: (bits - withoutBits + aloneBits - usual) / 2, withoutBits });
    }
    return families;
  }

  /** Features that carry the score, strongest first. */
  contributions(bits: number, type: number, hours: number): Contribution[] {
    return this.columns
      .filter(({ index }) => (this.residuals[index] as number) > 1)
      .map((column) => ({
        column,
        bits: bits - this.scoreWithout(({ index }) => index === column.index),
        residual: this.residuals[column.index] as number,
        observed: this.raw[column.index] as number,
        expected: this.habits.expected(column.index, type, hours),
      }))
      .sort((a, b) => b.bits - a.bits || b.residual - a.residual);
  }
}

export function columnsOf(detectors: readonly BehaviouralDetector[]): Column[] {
  let index = 0;
  return detectors.flatMap((detector) =>
    detector.features.map((spec: FeatureSpec) => {
      const column = { detector, spec, index };
      index += 1;
      return column;
    }),
  );
}
