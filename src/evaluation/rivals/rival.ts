import type { HourTrace } from '../../engine/engine.types.ts';

/** A simpler scorer fed the same features in the same order. */
export interface Rival {
  readonly id: string;
  readonly label: string;
  /**
   * Scores a closed hour (more is worse), then learns it. `scaled` is the raw vector, counts as log1p. An
   * hour that is not judged (warm-up) is only learnt.
   */
  score(hour: HourTrace, scaled: Float64Array, firstSeen: FirstSeenHour, isJudged: boolean): number;
}

/** Values of the closing hour that the credential had not shown in the seven days before. */
export interface FirstSeenHour {
  readonly networks: number;
  readonly clients: number;
  readonly countries: number;
  readonly routes: number;
}

/** Features of the small vector: what a careful team logs and counts without this product. */
export const commonFeatures = [
  'requests',
  'client-error-share',
  'denied',
  'networks',
  'clients',
  'routes',
  'distinct-share',
  'sequential-share',
  'new-objects',
  'foreign-objects',
  'returns',
  'new-objects-day',
  'foreign-objects-day',
  'foreign-share',
] as const;

export function columnsNamed(featureNames: readonly string[], wanted: readonly string[]): number[] {
  return wanted.map((name) => {
    const column = featureNames.indexOf(name);
    if (column < 0)
      throw new RangeError(`no feature is called '${name}'; the rivals' list must follow the detectors'`);
    return column;
  });
}
