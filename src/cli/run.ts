import { Command } from 'commander';
import { type ConfigFlags, readConfig, withConfigFlags } from './config-flags.ts';
import type { Io } from './io.ts';
import { decodeStageFrom } from './parts/decoder.ts';
import { allFormatNames } from './parts/mappings.ts';
import { sourceFrom } from './parts/source.ts';
import { runService } from './service.ts';

interface Flags extends ConfigFlags {
  readonly fresh?: boolean;
}

/** `run`: the service. */
export function runCommand(io: Io): Command {
  return withConfigFlags(new Command('run'))
    .description('the service: source, detection, sinks')
    .argument('[file...]', 'read these (- for standard input) to their end in place of the configured source')
    .option('--fresh', 'forget what was learnt and, in the embedded database, what was found')
    .addHelpText(
      'after',
      `
SIGINT or SIGTERM: what is in hand is delivered, saved and acknowledged; a second one stops at once.
SIGHUP: the configuration is read again; what was learnt is kept, and a wrong file changes nothing.

Examples:
  bearerwatch run --config bearerwatch.yaml
  bearerwatch run --set alerts.perDay=5 --log-level warn
  tail -F /var/log/nginx/access.log | bearerwatch run -`,
    )
    .action(async (files: string[], flags: Flags) => {
      // Whoever carries its output away may die or be restarted; the alerts have other ways, and so has the judging.
      io.outlastReaders?.();
      const reread = () => readConfig(flags, io).config;
      const { config, warnings } = readConfig(flags, io);
      const { kind, open, routes } = sourceFrom(config, files, io);
      await runService(
        { config, reread, warnings, simulated: false, fresh: flags.fresh === true, finite: false },
        {
          formats: allFormatNames(config),
          sourceKind: kind,
          openDecodeStage: decodeStageFrom,
          openSource: open,
          routes,
        },
        io,
      );
    });
}
