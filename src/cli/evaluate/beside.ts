import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Model } from '../../../schemas/model.ts';
import { genericId, type OtherModel } from '../../evaluation/rivals/other-model.ts';
import { usageFailure } from '../io.ts';
import { readModel } from '../parts/model.ts';

/** Trained on no list of attacks, by `npm run train -- --generic-only`: the floor that the catalogue must pay over. */
const bundledGeneric = fileURLToPath(new URL('../../../detectors/model-generic.json', import.meta.url));

interface ModelsBeside {
  readonly beside: readonly OtherModel[];
  /** Why a row is missing: one line each. */
  readonly leftOut: readonly string[];
}

/**
 * The combinations that are scored on the same play as `model`. A floor that knows other features is left
 * out with a reason, since it comes with the detectors; a file that was asked for is a usage failure then.
 */
export function modelsBeside(
  model: Model,
  besideFile: string | undefined,
  genericFile: string = bundledGeneric,
): ModelsBeside {
  const beside: OtherModel[] = [];
  const leftOut: string[] = [];
  const missing = (reason: string) =>
    leftOut.push(
      `no row for generic positives only: ${genericFile} ${reason}; write it with npm run train -- --generic-only`,
    );
  if (!existsSync(genericFile)) missing('is not there');
  else {
    const generic = readModel(genericFile);
    if (sameFeatures(generic, model))
      beside.push({ id: genericId, label: 'generic positives only', model: generic });
    else missing('was trained for other features');
  }
  if (besideFile !== undefined) {
    const other = readModel(besideFile);
    if (!sameFeatures(other, model))
      throw usageFailure(
        `--beside ${besideFile}: trained for other features; train it again with npm run train`,
      );
    beside.push({ id: 'other-model', label: basename(besideFile, '.json'), model: other });
  }
  return { beside, leftOut };
}

function sameFeatures(a: Model, b: Model): boolean {
  return a.featureNames.join() === b.featureNames.join();
}
