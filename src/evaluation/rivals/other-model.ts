import type { Model } from '../../../schemas/model.ts';
import { Combination } from '../../engine/combination.ts';
import type { Rival } from './rival.ts';

export const otherModelId = 'other-model';

/** Another trained combination on the product's own residuals: one without any list of attacks, or an older one. */
export function otherModel(model: Model, label: string, width: number): Rival {
  const combination = new Combination(model);
  const residuals = new Float64Array(width);
  return {
    id: otherModelId,
    label,
    score(hour) {
      residuals.set(hour.residuals);
      combination.prepare(residuals, hour.activeHours);
      return combination.score();
    },
  };
}
