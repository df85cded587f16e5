import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { printable } from '../alerting/printable.ts';
import { loadConfig } from '../config/load.ts';
import { type Problem, problemText } from '../config/problems.ts';
import { relationProblems } from '../config/relations.ts';
import { type Config, configSchema } from '../config/schema.ts';
import { type Io, messageOf, usageFailure } from './io.ts';
import { besideFile, mappingProblems } from './parts/mappings.ts';

/** Read when neither --config nor BEARERWATCH_CONFIG names another. */
export const defaultConfigFile = 'bearerwatch.yaml';

export interface ConfigFlags {
  readonly config?: string;
  readonly set?: readonly string[];
  readonly state?: string;
  readonly logLevel?: string;
  readonly mapping?: readonly string[];
}

/** Flags of every command that reads the configuration. */
export function withConfigFlags(command: Command): Command {
  return command
    .option('-c, --config <file>', `configuration file (default: ${defaultConfigFile} where there is one)`)
    .option('--set <option=value>', 'set one option, e.g. --set alerts.perDay=5; may be repeated', collect)
    .option('--state <dir>', 'state folder, same as --set state.dir=DIR')
    .option('--log-level <level>', 'same as --set log.level=LEVEL');
}

/** For commands that read log lines given to them. */
export function withMappingFlag(command: Command): Command {
  return command.option(
    '--mapping <file>',
    'read lines as this mapping says, before all formats; a folder takes all of its; may be repeated',
    collect,
  );
}

/** For options that may be repeated: one that takes several values at once would take the files behind it too. */
export const collect = (value: string, before: readonly string[] = []) => [...before, value];

export interface ReadConfig {
  readonly config: Config;
  readonly origins: ReadonlyMap<string, string>;
  readonly warnings: readonly string[];
  /** Undefined when only defaults, environment and flags count. */
  readonly file: string | undefined;
}

/** `config: ''` reads no file. Throws a usage failure that lists everything that is wrong. */
export function readConfig(flags: ConfigFlags, { env }: Io): ReadConfig {
  const file =
    flags.config ??
    env['BEARERWATCH_CONFIG'] ??
    (existsSync(defaultConfigFile) ? defaultConfigFile : undefined);
  const given = {
    file: file === undefined || file === '' ? undefined : { name: file, text: readText(file) },
    env,
    flags: flagValues(flags),
    readSecret: (path: string) => readFileSync(path, 'utf8'),
    checkReadable: (path: string) => accessSync(path, constants.R_OK),
  };
  const loaded = loadConfig(configSchema, given, (config, { locate, origins }) => {
    const beside = origins.get('decode.mappings') === 'file' ? file : undefined;
    config.decode.mappings = [...(flags.mapping ?? []), ...besideFile(config.decode.mappings, beside)];
    return [...relationProblems(config, locate), ...mappingProblems(config, locate)];
  });
  if (!loaded.ok) throw wrong(loaded.problems);
  return { config: loaded.config, origins: loaded.origins, warnings: loaded.warnings, file };
}

function wrong(problems: readonly Problem[]): Error {
  const lines = problems.map((problem) => printable(problemText(problem), 600));
  const count = lines.length === 1 ? '1 problem' : `${lines.length} problems`;
  return usageFailure(`configuration: ${count}\n${lines.map((line) => `  ${line}`).join('\n')}`);
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw usageFailure(`configuration: cannot read ${file}: ${messageOf(error)}`);
  }
}

function flagValues(flags: ConfigFlags): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  if (flags.state !== undefined) values.set('state.dir', flags.state);
  if (flags.logLevel !== undefined) values.set('log.level', flags.logLevel);
  for (const pair of flags.set ?? []) {
    const at = pair.indexOf('=');
    if (at < 1) throw usageFailure(`--set ${pair}: write option=value, e.g. --set alerts.perDay=5`);
    values.set(pair.slice(0, at), pair.slice(at + 1));
  }
  return values;
}
