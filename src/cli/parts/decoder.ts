import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { type MappingFile, readMappings } from '../../config/mapping-files.ts';
import type { Config } from '../../config/schema.ts';
import { decodeHere } from '../../decode/decode-here.ts';
import { type DecodeTask, decoderOf } from '../../decode/decode-task.ts';
import type { DecodeStage, MeasuredDecoder } from '../../decode/decoded.ts';
import { hasStoredKey, loadOrCreateKeys } from '../../decode/deployment-key.ts';
import { decodeInThread } from '../../decode/thread/decode-in-thread.ts';
import { type Io, print, usageFailure } from '../io.ts';
import type { ServiceContext } from '../service.ts';
import { formatNames } from './mappings.ts';

/** The decoding of a service: its key lies in the state folder unless one is configured. */
export async function decodeStageFrom({ config, folder, logger }: ServiceContext): Promise<DecodeStage> {
  const { key, previous, createdAt } = loadOrCreateKeys(folder.dir, config.decode);
  if (createdAt !== null) {
    logger.info(
      { file: createdAt },
      'made a key for the hashes that replace secrets; keep it, for with another one every credential is a newcomer',
    );
  }
  if (previous !== null)
    logger.info(
      'credentials known by the hash key before keep what was learnt of them (decode.previousHashKey)',
    );
  return stageOf(config, taskOf(config, key, previous));
}

interface FilesSetting {
  readonly tellsOfKey?: boolean;
  /** Formats beside the configured ones. */
  readonly proposed?: readonly MappingFile[];
}

/**
 * The decoder of commands that read files: it takes the service's key where there is one, so that ids are
 * the same, and makes nothing on disk where there is none.
 */
export async function decoderForFiles(
  config: Config,
  io: Io,
  format: string | undefined,
  setting: FilesSetting = {},
): Promise<MeasuredDecoder> {
  return decoderOf(await filesTask(config, io, format, setting));
}

/** The same for a whole pipeline. */
export async function decodeStageForFiles(
  config: Config,
  io: Io,
  format: string | undefined,
): Promise<DecodeStage> {
  return stageOf(config, await filesTask(config, io, format, {}));
}

async function filesTask(
  config: Config,
  io: Io,
  format: string | undefined,
  { tellsOfKey = true, proposed = [] }: FilesSetting,
): Promise<DecodeTask> {
  const isKeyKnown = config.decode.hashKey !== undefined || hasStoredKey(config.state.dir);
  const { key, previous } = isKeyKnown
    ? loadOrCreateKeys(config.state.dir, config.decode)
    : { key: randomBytes(32), previous: null };
  const { options, mappings } = taskOf(config, key, previous);
  const task = {
    options: { ...options, format: format ?? options.format, history: true },
    mappings: [...mappings, ...proposed],
  };
  const known = ['auto', ...task.mappings.map(({ mapping }) => mapping.name), ...formatNames];
  if (format !== undefined && !known.includes(format))
    throw usageFailure(`--format ${format}: known formats are ${known.join(', ')}`);
  if (!isKeyKnown && tellsOfKey)
    await print(
      io.stderr,
      `no key in ${config.state.dir}: hashed ids are good for this run only (decode.hashKeyFile)\n`,
    );
  return task;
}

function taskOf({ decode }: Config, hashKey: Uint8Array, formerHashKey: Uint8Array | null): DecodeTask {
  const { mappings } = readMappings(decode.mappings, formatNames);
  return { options: { ...decode, hashKey, formerHashKey }, mappings };
}

/** With one processor a second thread would only take turns. */
async function stageOf({ decode }: Config, task: DecodeTask): Promise<DecodeStage> {
  return decode.thread && availableParallelism() > 1 ? decodeInThread(task) : decodeHere(decoderOf(task));
}
