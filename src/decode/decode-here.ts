import type { RawRecord } from '../sources/source.ts';
import type { DecodeStage, MeasuredDecoder } from './decoded.ts';

/** Decodes in the thread that asks, each record when it is asked for. */
export function decodeHere(decoder: MeasuredDecoder): DecodeStage {
  return {
    begin: (records) => ({ of: (place) => decoder.decode(records[place] as RawRecord), besideMs: 0 }),
    ahead: 0,
    figures: () => decoder.figures(),
    async close() {},
  };
}
