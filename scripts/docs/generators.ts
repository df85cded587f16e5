import { files as alert } from './alert.ts';
import { files as configuration } from './configuration.ts';
import { files as detectors } from './detectors.ts';
import { files as gateways } from './gateways.ts';
import { files as mappings } from './mappings.ts';
import { files as metrics } from './metrics.ts';
import { files as schemas } from './schemas.ts';
import { files as snippetFiles } from './snippet-files.ts';
import { files as usageEvent } from './usage-event.ts';

/** Gives pages by their path from the root of the repository. Pure: the same sources, the same text. */
export type Generator = () => ReadonlyMap<string, string>;

/** Every generated page. A new kind of page is a file that exports `files`, and a line here. */
export const generators: readonly Generator[] = [
  alert,
  configuration,
  detectors,
  gateways,
  mappings,
  metrics,
  schemas,
  snippetFiles,
  usageEvent,
];
