import { Command } from 'commander';
import { stringify } from 'yaml';
import { type Config, configSchema } from '../config/schema.ts';
import { maskSecrets } from '../config/secrets.ts';
import { type ConfigFlags, readConfig, withConfigFlags } from './config-flags.ts';
import { connectionChecks } from './connect.ts';
import { colorsOf, type Io, messageOf, print, runFailure } from './io.ts';

const sourceIsMissing =
  'no source is set: `run` needs source.kafka, source.file or source.http, or files named behind it';

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
      const { kafka, file: followed, http } = config.source;
      const noSource =
        kafka === undefined && followed === undefined && !http.enabled ? [sourceIsMissing] : [];
      for (const warning of [...warnings, ...noSource])
        await print(io.stderr, `${yellow('warning')} ${warning}\n`);
      const masked = maskSecrets(configSchema, config);
      await print(io.stdout, flags.json === true ? `${JSON.stringify(masked)}\n` : stringify(masked));
      const from = used ?? 'no file: defaults, environment and flags';
      const set = [...origins.values()].length;
      await print(io.stderr, `${green('ok')} ${from}; ${set} set, the rest are defaults\n`);
      if (flags.connect === true) await connectAll(config, io);
    });
}

async function connectAll(config: Config, io: Io): Promise<void> {
  const { green, red } = colorsOf(io, io.stderr);
  let failed = 0;
  for (const { part, check } of connectionChecks(config)) {
    try {
      await print(io.stderr, `${green('ok')} ${part}: ${await check()}\n`);
    } catch (error) {
      failed++;
      await print(io.stderr, `${red('failed')} ${part}: ${messageOf(error)}\n`);
    }
  }
  if (failed > 0) throw runFailure(`${failed} of the named parts cannot be used`);
}
