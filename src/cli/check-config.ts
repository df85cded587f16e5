import { Command } from 'commander';
import { stringify } from 'yaml';
import { configSchema } from '../config/schema.ts';
import { maskSecrets } from '../config/secrets.ts';
import { type ConfigFlags, readConfig, withConfigFlags } from './config-flags.ts';
import { colorsOf, type Io, print } from './io.ts';

interface Flags extends ConfigFlags {
  readonly json?: boolean;
  readonly connect?: boolean;
}

/** `check-config [FILE]`: says what is wrong, or prints what is in force with secrets masked. */
export function checkConfigCommand(io: Io): Command {
  return withConfigFlags(new Command('check-config'))
    .description('check the configuration and print what is in force, secrets masked')
    .argument('[file]', 'configuration file, same as --config FILE')
    .option('--connect', 'also connect to every part it names')
    .option('--json', 'print as JSON')
    .addHelpText(
      'after',
      `
Examples:
  bearerwatch check-config bearerwatch.yaml
  bearerwatch check-config --connect
  BEARERWATCH_ALERTS_PER_DAY=5 bearerwatch check-config --json

Exits with 2 and one line for everything that is wrong: file, line, option, what would be right.`,
    )
    .action(async (file: string | undefined, flags: Flags) => {
      const {
        config,
        origins,
        warnings,
        file: used,
      } = readConfig(file === undefined ? flags : { ...flags, config: file }, io);
      const { green, yellow } = colorsOf(io, io.stderr);
      for (const warning of warnings) await print(io.stderr, `${yellow('warning')} ${warning}\n`);
      const masked = maskSecrets(configSchema, config);
      await print(io.stdout, flags.json === true ? `${JSON.stringify(masked)}\n` : stringify(masked));
      const from = used ?? 'no file: defaults, environment and flags';
      const set = [...origins.values()].length;
      await print(io.stderr, `${green('ok')} ${from}; ${set} set, the rest are defaults\n`);
    });
}
