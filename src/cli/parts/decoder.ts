import { randomBytes } from 'node:crypto';
import type { Config } from '../../config/schema.ts';
import type { Decoder } from '../../decode/decoded.ts';
import { createDecoder, type DecoderFigures } from '../../decode/decoder.ts';
import { hasStoredKey, loadOrCreateKeys } from '../../decode/deployment-key.ts';
import type { Format } from '../../decode/format.ts';
import { type Io, print, usageFailure } from '../io.ts';
import type { ServiceContext } from '../service.ts';
import { formatNames, mappedFormats } from './mappings.ts';

type MeasuredDecoder = Decoder & { figures(): DecoderFigures };

/** The decoder of a service: its key lies in the state folder unless one is configured. */
export async function decoderFrom({ config, folder, logger }: ServiceContext): Promise<MeasuredDecoder> {
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
  return createDecoder({
    ...config.decode,
    hashKey: key,
    formerHashKey: previous,
    mapped: mappedFormats(config),
  });
}

/**
 * The decoder of `decode` and `replay`: it takes the service's key where there is one, so that ids are
 * the same, and makes nothing on disk where there is none.
 */
export async function decoderForFiles(
  config: Config,
  io: Io,
  format: string | undefined,
  {
    tellsOfKey = true,
    proposed = [],
  }: { readonly tellsOfKey?: boolean; readonly proposed?: readonly Format[] } = {},
): Promise<MeasuredDecoder> {
  const mapped = [...mappedFormats(config), ...proposed];
  const known = ['auto', ...mapped.map(({ id }) => id), ...formatNames];
  if (format !== undefined && !known.includes(format))
    throw usageFailure(`--format ${format}: known formats are ${known.join(', ')}`);
  const isKeyKnown = config.decode.hashKey !== undefined || hasStoredKey(config.state.dir);
  const { key, previous } = isKeyKnown
    ? loadOrCreateKeys(config.state.dir, config.decode)
    : { key: randomBytes(32), previous: null };
  if (!isKeyKnown && tellsOfKey)
    await print(
      io.stderr,
      `no key in ${config.state.dir}: hashed ids are good for this run only (decode.hashKeyFile)\n`,
    );
  return ofThePast(
    createDecoder({
      ...config.decode,
      hashKey: key,
      formerHashKey: previous,
      mapped,
      format: format ?? config.decode.format,
      history: true,
    }),
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
