import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Model } from '../../../schemas/model.ts';
import { genericId, type OtherModel } from '../../evaluation/rivals/other-model.ts';
import { usageFailure } from '../io.ts';
import { readModel } from '../parts/model.ts';

const bundled = (name: string) => fileURLToPath(new URL(`../../../detectors/${name}`, import.meta.url));

/** Trainings that were shown less than the one that is shipped; they come with the detectors. */
export interface Floors {
  /** Trained on no list of attacks: the floor that the catalogue must pay over. */
  readonly genericFile: string;
  /** Trained on none of the families that are withheld: what the score is worth against them. */
  readonly withheldFile: string;
}

const bundledFloors: Floors = {
  genericFile: bundled('model-generic.json'),
  withheldFile: bundled('model-withheld.json'),
};

interface ModelsBeside {
  readonly beside: readonly OtherModel[];
  /** Plays the row of attacks never trained on; undefined when there is none that fits. */
  readonly withheld: Model | undefined;
  /** Why a row is missing: one line each. */
  readonly leftOut: readonly string[];
}

/**
 * The combinations that are scored on the same play as `model`, and the one that plays in its place where
 * it must not know the attacks. A floor that knows other features is left out with a reason, since it comes
 * with the detectors; a file that was asked for is a usage failure then.
 */
export function modelsBeside(
  model: Model,
  besideFile: string | undefined,
  { genericFile, withheldFile }: Floors = bundledFloors,
): ModelsBeside {
  const leftOut: string[] = [];
  const floor = (file: string, row: string, flag: string): Model | undefined => {
    const found = existsSync(file) ? readModel(file) : undefined;
    if (found !== undefined && sameFeatures(found, model)) return found;
    const reason = found === undefined ? 'is not there' : 'was trained for other features';
    leftOut.push(`no row for ${row}: ${file} ${reason}; write it with npm run train${flag}`);
    return undefined;
  };
  const beside: OtherModel[] = [];
  const generic = floor(genericFile, 'generic positives only', ' -- --generic-only');
  if (generic !== undefined) beside.push({ id: genericId, label: 'generic positives only', model: generic });
  if (besideFile !== undefined) {
    const other = readModel(besideFile);
    if (!sameFeatures(other, model))
      throw usageFailure(
        `--beside ${besideFile}: trained for other features; train it again with npm run train`,
      );
    beside.push({ id: 'other-model', label: basename(besideFile, '.json'), model: other });
  }
  return { beside, withheld: floor(withheldFile, 'attacks never trained on', ''), leftOut };
}

function sameFeatures(a: Model, b: Model): boolean {
  return a.featureNames.join() === b.featureNames.join();
}
