import { detectors } from '../../../detectors/index.ts';
import { readRevoked } from '../../config/revoked.ts';
import { type Config, detectorOptionsOf } from '../../config/schema.ts';
import { createEngine } from '../../engine/engine.ts';
import type { Engine } from '../../engine/engine.types.ts';
import { engineOptions } from '../../engine/engine-options.ts';
import { readModel } from './model.ts';

/** Where alerts send people to read on; the family is appended. */
const runbookBase = 'docs/runbooks.md#';

export interface EngineChoice {
  /** One line per closed credential-hour. */
  readonly scores: boolean;
  readonly simulated: boolean;
}

/** A new engine with all detectors, as configured. */
export function engineFrom(config: Config, choice: EngineChoice): Engine {
  const setting = { ...config, revoked: readRevoked(config.lists.revokedFile) };
  const options = engineOptions(setting, detectors, readModel(config.engine.modelFile), {
    ...choice,
    runbookBase,
  });
  return createEngine({ ...options, detectorOptions: detectorOptionsOf(config) });
}
