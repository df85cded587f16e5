import { accessSync, closeSync, constants, openSync, readSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { kafkaSource } from '../../schemas/config/source.ts';
import { printableJson } from '../alerting/printable.ts';
import type { Config } from '../config/schema.ts';
import type { SampleOrigin } from '../connect/config-file.ts';
import { rendered } from '../connect/render.ts';
import { compressionOf } from '../sources/frames.ts';
import { passingLook } from '../sources/kafka/passing-look.ts';
import type { Source } from '../sources/source.ts';
import { type ConfigFlags, readConfig, withConfigFlags, withMappingFlag } from './config-flags.ts';
import { type Io, print, runFailure, usageFailure } from './io.ts';
import { writeConnectFiles } from './parts/connect-files.ts';
import { filesSource } from './parts/files.ts';
import { firstLook, mappingNameOf } from './parts/first-look.ts';
import { formatNames } from './parts/mappings.ts';

interface Flags extends ConfigFlags {
  readonly topic?: readonly string[];
  readonly brokers?: string;
  readonly lines: number;
  readonly wait: number;
  readonly format?: string;
  readonly json?: boolean;
  readonly write?: string;
}

/** `connect [FILE…]`: what your log is, what is missing in it, and which line of configuration mends it. */
export function connectLogsCommand(io: Io): Command {
  return withMappingFlag(withConfigFlags(new Command('connect')))
    .description('look at a sample of your log: format, credential, what is missing and how to log it')
    .argument('[file...]', 'log files, gzip or zstd or plain; - or none for standard input')
    .option(
      '--topic <name>',
      'sample this topic instead; may be repeated',
      (value, before: string[] = []) => [...before, value],
    )
    .option('--brokers <host:port,…>', 'brokers of the topic (default: source.kafka.brokers)')
    .option('--lines <n>', 'records to look at', wholeNumber, 10_000)
    .option('--wait <seconds>', 'longest wait for records of a topic', wholeNumber, 15)
    .option('--format <name>', `take every line as this format: ${formatNames.join(', ')}`)
    .option('--json', 'the report as one JSON object')
    .option(
      '--write <file>',
      'write a configuration that reads this log, and beside it a mapping for JSON of your own making; an existing file is kept',
    )
    .addHelpText(
      'after',
      `
Examples:
  bearerwatch connect access.log
  kubectl logs deploy/gateway --tail 1000 | bearerwatch connect
  bearerwatch connect --topic gateway-logs --brokers kafka:9092 --write bearerwatch.yaml

Nothing is stored and no position is committed. Secrets in the log are never printed.`,
    )
    .action(async (files: string[], flags: Flags) => {
      const { config } = readConfig(flags, io);
      const given = flags.format ?? config.decode.format;
      const pinned = given === 'auto' ? undefined : given;
      const origin = originOf(files, flags, config);
      const source = await sourceOf(origin, flags, config, io);
      const timer =
        origin.kind === 'topics' ? setTimeout(() => void source.close(), flags.wait * 1000) : undefined;
      const look = await (async () => {
        try {
          return await firstLook(
            {
              source,
              mostRecords: flags.lines,
              pinned,
              mappingName: mappingNameOf(nameOf(origin)),
              nowMs: Date.now(),
            },
            config,
            io,
          );
        } finally {
          clearTimeout(timer);
          await source.close();
        }
      })();
      if (look.sample.records === 0)
        throw runFailure('no record to look at; name a file, or pipe some lines');
      await print(io.stdout, flags.json === true ? `${printableJson(look.report)}\n` : rendered(look.report));
      if (flags.write !== undefined) await writeConnectFiles(flags.write, look, origin, config, pinned, io);
    });
}

function nameOf(origin: SampleOrigin): string | undefined {
  if (origin.kind === 'stdin') return undefined;
  return origin.kind === 'files' ? origin.paths[0] : origin.topics[0];
}

function originOf(files: readonly string[], { topic, brokers }: Flags, config: Config): SampleOrigin {
  if (topic !== undefined) {
    if (files.length > 0) throw usageFailure('name files or --topic, not both');
    const known = brokers?.split(',') ?? config.source.kafka?.brokers;
    if (known === undefined) throw usageFailure('--topic needs --brokers host:port, or source.kafka.brokers');
    return { kind: 'topics', brokers: known, topics: topic };
  }
  if (files.length === 0 || files.includes('-')) return { kind: 'stdin' };
  const paths = files.map((file) => resolve(file));
  return { kind: 'files', paths, areCompressed: paths.some(isCompressed) };
}

/** By its first bytes: gzip or zstd. What is no file, or not there, is named later. */
function isCompressed(path: string): boolean {
  if (!isReadableFile(path)) return false;
  const file = openSync(path, 'r');
  try {
    const head = Buffer.alloc(2);
    readSync(file, head, 0, 2, 0);
    return compressionOf(head) !== null;
  } finally {
    closeSync(file);
  }
}

function isReadableFile(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return !statSync(path).isDirectory();
  } catch {
    return false;
  }
}

async function sourceOf(origin: SampleOrigin, flags: Flags, config: Config, io: Io): Promise<Source> {
  if (origin.kind === 'stdin') return filesSource(config, ['-'], io, flags.format);
  if (origin.kind === 'files') return filesSource(config, origin.paths, io, flags.format);
  const { brokers, topics } = origin;
  const kafka = kafkaSource.parse({
    ...config.source.kafka,
    brokers,
    topics,
    from: 'earliest',
    // A group of its own, gone at the end: the service's positions stay as they are.
    groupId: `bearerwatch-connect-${process.pid}-${Date.now().toString(36)}`,
    connectPatienceMs: flags.wait * 1000,
  });
  const say = (text: unknown) => void io.stderr.write(`${String(text)}\n`);
  const logger = { debug() {}, info() {}, warn: say, error: say };
  return passingLook({ config: kafka, logger, nowMs: Date.now, stop: new AbortController().signal });
}

function wholeNumber(value: string): number {
  const parsed = Number(value);
  if (!Number.isInteger(parsed) || parsed < 1) throw new InvalidArgumentError('write a whole number above 0');
  return parsed;
}
