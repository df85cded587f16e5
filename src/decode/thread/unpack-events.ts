import type { DeadLetter } from '../../../schemas/dead-letter.ts';
import type { UsageEvent } from '../../../schemas/usage-event.ts';
import type { RawRecord } from '../../sources/source.ts';
import type { DecodedBatch } from '../decoded.ts';
import { CellReader } from './cell-reader.ts';
import { readEvent } from './event-cells.ts';
import type { EventsMessage, Refused } from './messages.ts';

const none: readonly never[] = Object.freeze([]);

/** The batch that a message tells of; events are made when their record is asked for, so that few live at once. */
export function unpackEvents(
  { cells, ends, skipped, refused, decodeMs }: EventsMessage,
  records: readonly RawRecord[],
  known: readonly string[],
): DecodedBatch {
  const reader = new CellReader(cells, known);
  const letters = Map.groupBy(refused, ({ place }) => place);
  return {
    besideMs: decodeMs,
    of(place) {
      const events: UsageEvent[] = [];
      const end = ends[place] as number;
      for (let event = place === 0 ? 0 : (ends[place - 1] as number); event < end; event += 1) {
        reader.goTo(event);
        events.push(readEvent(reader));
      }
      return {
        events,
        refused: letters.get(place)?.map((each) => letterOf(each, records)) ?? none,
        skipped: skipped[place] as number,
      };
    },
  };
}

function letterOf({ place, letter }: Refused, records: readonly RawRecord[]): DeadLetter {
  return { ...letter, at: (records[place] as RawRecord).at };
}
