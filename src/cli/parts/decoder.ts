import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import type { Config } from '../../config/schema.ts';
import type { Decoder } from '../../decode/decoded.ts';
import { createDecoder, type DecoderFigures } from '../../decode/decoder.ts';
import { loadOrCreateKey } from '../../decode/deployment-key.ts';
import { type Io, print, usageFailure } from '../io.ts';
import type { ServiceContext } from '../service.ts';
import { formatNames, mappedFormats } from './mappings.ts';

type MeasuredDecoder = Decoder & { figures(): DecoderFigures };

/** The decoder of a service: its key lies in the state folder unless one is configured. */
export async function decoderFrom({ config, folder, logger }: ServiceContext): Promise<MeasuredDecoder> {
  const { hashKey: configured, hashKeyFile: _, ...decode } = config.decode;
  const { key, createdAt } = loadOrCreateKey(folder.dir, configured);
  if (createdAt !== null) {
    logger.info(
      { file: createdAt },
      'made a key for the hashes that replace secrets; keep it, for with another one every credential is a newcomer',
    );
  }
  return createDecoder({ ...decode, hashKey: key, mapped: mappedFormats(config) });
}

/**
 * The decoder of `decode` and `replay`: it takes the service's key where there is one, so that ids are
 * the same, and makes nothing on disk where there is none.
 */
export async function decoderForFiles(
  config: Config,
  io: Io,
  format: string | undefined,
): Promise<MeasuredDecoder> {
  const { hashKey: configured, hashKeyFile: _, ...decode } = config.decode;
  const mapped = mappedFormats(config);
  const known = ['auto', ...mapped.map(({ id }) => id), ...formatNames];
  if (format !== undefined && !known.includes(format))
    throw usageFailure(`--format ${format}: known formats are ${known.join(', ')}`);
  let key: Uint8Array;
  if (configured !== undefined || existsSync(`${config.state.dir}/hash.key`)) {
    key = loadOrCreateKey(config.state.dir, configured).key;
  } else {
    key = randomBytes(32);
    await print(
      io.stderr,
      `no key in ${config.state.dir}: hashed ids are good for this run only (decode.hashKeyFile)\n`,
    );
  }
  return ofThePast(
    createDecoder({ ...decode, hashKey: key, mapped, format: format ?? decode.format, history: true }),
  );
}

/** When a line of a file was received nobody knows; the time of reading it would make every run differ. */
function ofThePast(decoder: MeasuredDecoder): MeasuredDecoder {
  return {
    figures: () => decoder.figures(),
    decode(record) {
      const decoded = decoder.decode(record);
      for (const event of decoded.events) {
        if (event.observedTimestampMs === record.ingestTimeMs) event.observedTimestampMs = null;
      }
      return decoded;
    },
  };
}
