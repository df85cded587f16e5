import type { RawRecord } from '../sources/source.ts';
import type { SavedPosition } from '../state/checkpoint.ts';

/** How far each partition has been judged. Only ever forward: what comes again changes nothing. */
export interface Places {
  /**
   * Whether the record is to be judged; then it counts as judged. It is not when the restored state holds
   * it, since positions are acknowledged after the state, or when a rebalance or a broker's restart gives
   * it out again. Only offsets can tell; a file's reader keeps its own place.
   */
  isNew(record: RawRecord): boolean;
  /** Forgets positions that mean nothing any more. */
  startOver(partitions: readonly string[]): void;
  /** Those that changed since they were saved last. */
  changed(): ReadonlyMap<string, SavedPosition>;
  saved(): void;
}

interface Place {
  at: SavedPosition['at'];
  offset: number;
  newestMs: number;
}

export function placesFrom(restored: ReadonlyMap<string, SavedPosition>): Places {
  const places = new Map<string, Place>();
  const changed = new Set<string>();
  for (const [partition, { at, newestMs = 0 }] of restored)
    places.set(partition, { at, offset: offsetOf(at), newestMs });
  // Records of one partition come together.
  let name: string | undefined;
  let place: Place | undefined;

  return {
    isNew({ partition, at, ingestTimeMs }) {
      if (partition !== name) {
        name = partition;
        place = places.get(partition);
      }
      const offset = offsetOf(at);
      if (place === undefined) {
        place = { at, offset, newestMs: ingestTimeMs };
        places.set(partition, place);
      } else {
        if (offset <= place.offset) return false;
        place.at = at;
        place.offset = offset;
        if (ingestTimeMs > place.newestMs) place.newestMs = ingestTimeMs;
      }
      changed.add(partition);
      return true;
    },
    startOver(partitions) {
      for (const partition of partitions) places.delete(partition);
      name = undefined;
    },
    changed: () =>
      new Map(
        [...changed].flatMap((partition) => {
          const found = places.get(partition);
          return found === undefined ? [] : [[partition, { at: found.at, newestMs: found.newestMs }]];
        }),
      ),
    saved: () => changed.clear(),
  };
}

/** NaN is neither before nor behind any other. */
const offsetOf = (at: SavedPosition['at']) => (at.kind === 'kafka' ? Number(at.offset) : Number.NaN);
