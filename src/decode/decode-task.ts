import type { Mapping } from '../../schemas/mapping.ts';
import type { MeasuredDecoder } from './decoded.ts';
import { createDecoder, type DecoderOptions } from './decoder.ts';
import { mappedFormat } from './formats/mapped.ts';

/** All that makes a decoder, as data: it may cross to another thread. */
export interface DecodeTask {
  readonly options: Omit<DecoderOptions, 'mapped'>;
  /** Formats of the user, in their order. */
  readonly mappings: readonly { readonly file: string; readonly mapping: Mapping }[];
}

export function decoderOf({ options, mappings }: DecodeTask): MeasuredDecoder {
  const mapped = mappings.map(({ mapping, file }) => mappedFormat(mapping, file));
  const decoder = createDecoder({ ...options, mapped });
  return options.history === true ? ofThePast(decoder) : decoder;
}

/** When a line of a file was received nobody knows; the time of reading it would make every run differ. */
export function ofThePast(decoder: MeasuredDecoder): MeasuredDecoder {
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
