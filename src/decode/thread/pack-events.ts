import type { MeasuredDecoder } from '../decoded.ts';
import { CellWriter } from './cell-writer.ts';
import { writeEvent } from './event-cells.ts';
import type { EventsMessage, RecordsMessage, Refused } from './messages.ts';
import { unpackRecords } from './pack-records.ts';
import type { TextNumbers } from './text-numbers.ts';

/** Decodes a message of records; each event is written and let go before the next one is made. */
export function packEvents(
  message: RecordsMessage,
  decoder: MeasuredDecoder,
  known: TextNumbers,
): Omit<EventsMessage, 'decodeMs'> {
  const count = message.ends.length;
  const writer = new CellWriter(known, Math.max(1, count));
  const ends = new Uint32Array(count);
  const skipped = new Uint32Array(count);
  const refused: Refused[] = [];
  let place = 0;
  for (const record of unpackRecords(message)) {
    const decoded = decoder.decode(record);
    for (const event of decoded.events) writeEvent(event, writer);
    ends[place] = writer.events;
    skipped[place] = decoded.skipped;
    for (const { at: _, ...letter } of decoded.refused) refused.push({ place, letter });
    place += 1;
  }
  return {
    cells: writer.cells(),
    newTexts: known.take(),
    ends,
    skipped,
    refused,
    figures: decoder.figures(),
  };
}
