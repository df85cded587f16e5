import type { Model } from '../../../schemas/model.ts';
import { Combination } from '../../engine/combination.ts';
import type { Rival } from './rival.ts';

/** Trained on positives of no list of attacks. */
export const genericId = 'generic-positives';
/** The model of the other rows, where one plays that was never trained on the attacks. */
export const shippedId = 'as-shipped';

/** Another trained combination on the product's own residuals: one without any list of attacks, or an older one. */
export interface OtherModel {
  readonly id: string;
  readonly label: string;
  readonly model: Model;
}

/** Scores the product's residuals with it: no play of its own. */
export function otherModel({ id, label, model }: OtherModel, width: number): Rival {
  const combination = new Combination(model);
  const residuals = new Float64Array(width);
  return {
    id,
    label,
    score(hour) {
      residuals.set(hour.residuals);
      combination.prepare(residuals, hour.activeHours);
      return combination.score();
    },
  };
}
