import type { Family } from '../../schemas/alert.ts';
import type { Model } from '../../schemas/model.ts';
import { Combination } from '../engine/combination.ts';
import type { HourTrace } from '../engine/engine.types.ts';
import { firstNamed } from '../engine/first-named.ts';
import type { Column } from '../engine/scorer.ts';

interface Part {
  readonly id: string;
  readonly label: string;
  /** Columns at their normal value. */
  readonly columns: ReadonlySet<number>;
  /** Derived inputs at zero, counted from the first. */
  readonly derived: readonly number[];
}

/** Nothing is off: what the others are compared with. All parts are scored at the close of the hour. */
export const wholeId = 'without-nothing';

/** Each detector, each family and each derived input switched off in turn. */
export function partsOf(columns: readonly Column[]): Part[] {
  const by = (key: (column: Column) => string, prefix: string): Part[] =>
    [...new Set(columns.map(key))].map((name) => ({
      id: `without-${name}`,
      label: `${prefix}${name}`,
      columns: new Set(columns.filter((column) => key(column) === name).map(({ index }) => index)),
      derived: [],
    }));
  return [
    { id: wholeId, label: 'nothing', columns: new Set(), derived: [] },
    ...by(({ detector }) => detector.family, 'family '),
    ...by(({ detector }) => detector.id, ''),
    {
      id: 'without-sum-of-squares',
      label: 'sum of squares, largest residual',
      columns: new Set(),
      derived: [0, 1],
    },
    { id: 'without-maturity', label: 'how much is known', columns: new Set(), derived: [2] },
  ];
}

/** Scores a traced hour anew with parts of its evidence taken away. */
export class Rescorer {
  readonly #combination: Combination;
  readonly #residuals: Float64Array;
  readonly #columns: readonly Column[];
  readonly #families: readonly Family[];

  constructor(model: Model, columns: readonly Column[]) {
    this.#combination = new Combination(model);
    this.#residuals = new Float64Array(columns.length);
    this.#columns = columns;
    this.#families = [...new Set(columns.map(({ detector }) => detector.family))];
  }

  scoreWithout({ residuals, activeHours }: HourTrace, part: Pick<Part, 'columns' | 'derived'>): number {
    this.#residuals.set(residuals);
    for (const column of part.columns) this.#residuals[column] = 0;
    this.#combination.prepare(this.#residuals, activeHours);
    for (const n of part.derived) this.#combination.inputs[this.#columns.length + n] = 0;
    return this.#combination.score();
  }

  /** The family an alert would name first (`Scorer.families`, `firstNamed`). */
  topFamily(hour: HourTrace): Family {
    const columnsOf = (isOut: (column: Column) => boolean) =>
      new Set(this.#columns.filter(isOut).map(({ index }) => index));
    const score = (columns: ReadonlySet<number>) => this.scoreWithout(hour, { columns, derived: [] });
    const whole = score(new Set());
    const usual = score(columnsOf(() => true));
    return firstNamed(
      this.#families.map((family) => {
        const without = score(columnsOf(({ detector }) => detector.family === family));
        const alone = score(columnsOf(({ detector }) => detector.family !== family));
        return { family, bits: (whole - without + alone - usual) / 2 };
      }),
    );
  }

  /** Features that carry most of the score, as short texts: name, value, residual, bits. */
  topFeatures(hour: HourTrace, count: number): string[] {
    const none = { columns: new Set<number>(), derived: [] };
    const whole = this.scoreWithout(hour, none);
    return this.#columns
      .filter(({ index }) => (hour.residuals[index] as number) > 1)
      .map(({ index, spec }) => ({
        name: spec.name,
        bits: whole - this.scoreWithout(hour, { columns: new Set([index]), derived: [] }),
        value: hour.raw[index] as number,
        u: hour.residuals[index] as number,
      }))
      .sort((a, b) => b.bits - a.bits)
      .slice(0, count)
      .map(
        ({ name, bits, value, u }) =>
          `${name} ${Number(value.toPrecision(3))} (${u.toFixed(1)} σ, ${bits.toFixed(1)} bits)`,
      );
  }
}
