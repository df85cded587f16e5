import type { Config } from '../../config/schema.ts';
import type { Source } from '../../sources/source.ts';
import { type Io, usageFailure } from '../io.ts';
import type { ServiceContext, ServiceParts } from '../service.ts';
import { filesSource } from './files.ts';

export interface ChosenSource {
  readonly kind: ServiceParts['sourceKind'];
  readonly open: (context: ServiceContext) => Promise<Source>;
}

/** The source of a service: files named on the command line, else the configured one. */
export function sourceFrom(config: Config, files: readonly string[], io: Io): ChosenSource {
  if (files.length > 0) {
    return {
      kind: files.length === 1 && files[0] === '-' ? 'stdin' : 'file',
      open: () => filesSource(config, files, io),
    };
  }
  throw usageFailure(
    'no source: name log files, or - for standard input, e.g. tail -F access.log | bearerwatch run -',
  );
}
