import type { KafkaSourceConfig } from '../../../schemas/config/source.ts';
import { CutLines } from '../cut-lines.ts';
import type { RawRecord } from '../source.ts';
import type { Assignment, Tenure } from './assignment.ts';
import type { Brokers } from './brokers.ts';
import type { KafkaLogger } from './client.ts';
import type { Fetched, GroupMember, Place } from './group-member.ts';
import type { LastRead } from './starts.ts';

export interface CourseParts {
  readonly brokers: Pick<Brokers, 'starts'>;
  readonly config: Pick<KafkaSourceConfig, 'format'>;
  readonly logger: KafkaLogger;
  readonly nowMs: () => number;
  readonly assignment: Assignment;
  /** Where source.kafka.from points, by `topic/partition`: where it counts, and nowhere else. */
  readonly pointed: ReadonlyMap<string, number>;
  /** Last record of each partition that the restored state holds, by `topic/partition`. */
  readonly restored: ReadonlyMap<string, LastRead> | undefined;
}

/** What was fetched of one partition, as records. */
export interface Stretch {
  readonly records: readonly RawRecord[];
  /** Offset behind the last that was fetched. */
  readonly next: number;
  /** Offset up to which all was given out: behind it may lie the start of a line that a runtime cut. */
  readonly whole: number;
  readonly newestMs: number;
  /** Its topic was made anew: earlier positions mean nothing. */
  readonly startsOver: boolean;
}

/** The course of each partition: where it begins, how far it was read, and when it is another one. */
export interface Courses {
  /** Sets where partitions begin that were newly given to this member. */
  begin(member: GroupMember, tenures: readonly Tenure[]): Promise<void>;
  /** Undefined: it is not what comes next, and must not be resolved. */
  read(tenure: Tenure, fetched: Fetched): Stretch | undefined;
  /** The stretch was handed on. */
  passed(tenure: Tenure, stretch: Stretch): void;
  /** Partitions begun anew because their topic was deleted and made again. */
  startedOver(): number;
}

const nothing = new Uint8Array(0);
const year2000Ms = 946_684_800_000;

export function coursesOf(parts: CourseParts): Courses {
  const { brokers, config, logger, nowMs, assignment } = parts;
  const pointed = new Map(parts.pointed);
  const lastRead = new Map(parts.restored);
  const format = config.format === 'auto' ? undefined : config.format;
  /** Parts of lines go with the tenure: the partition's next reader begins at the first of them. */
  const cutLines = new WeakMap<Tenure, CutLines<RawRecord>>();
  const astray = new WeakMap<Tenure, number>();
  /** Whose next stretch is of another topic of the same name. */
  const anew = new Set<string>();
  let startedOver = 0;

  /**
   * What another broker had under way when the partition was given anew is of the place before, and would
   * leave out what lies between. Refused, it does not come again; a place that the broker itself has moved
   * does.
   */
  function isAstray(tenure: Tenure, { from }: Fetched): boolean {
    if (!tenure.hasBegun) return true;
    const isNext = tenure.next === undefined || from === tenure.next || from === astray.get(tenure);
    if (isNext) astray.delete(tenure);
    else astray.set(tenure, from);
    return !isNext;
  }

  function startOver(tenure: Tenure): void {
    startedOver += 1;
    anew.add(tenure.where);
    cutLines.delete(tenure);
    lastRead.delete(tenure.where);
    for (const where of pointed.keys()) if (where.startsWith(`${tenure.topic}/`)) pointed.delete(where);
    logger.warn(
      { partition: tenure.where },
      'kafka: the topic was deleted and made anew; its new records are read from their beginning',
    );
  }

  function cutLinesOf(tenure: Tenure): CutLines<RawRecord> {
    // After every joining the position of the group counts, which lies before what waited.
    const known = tenure.next === undefined ? undefined : cutLines.get(tenure);
    if (known !== undefined) return known;
    const begun = new CutLines<RawRecord>();
    cutLines.set(tenure, begun);
    return begun;
  }

  function recordsOf(tenure: Tenure, { messages, next }: Fetched) {
    const { where, topic, partition } = tenure;
    const cut = cutLinesOf(tenure);
    const now = nowMs();
    let newestMs = 0;
    const records: RawRecord[] = [];
    for (const { value, offset, timestampMs, unreadable } of messages) {
      // Some producers stamp −1 (1970): the time of reading is nearer to the truth.
      const stampedMs = timestampMs > year2000Ms ? timestampMs : now;
      if (stampedMs > newestMs) newestMs = stampedMs;
      // Nothing arrives before it is read. A shipper beside its gateway stamps with the same wrong clock, and
      // would vouch for events that are far ahead.
      const ingestTimeMs = Math.min(stampedMs, now);
      const record: RawRecord = {
        // A record without a value is counted as an empty line.
        value: value ?? nothing,
        at: { kind: 'kafka', topic, partition, offset },
        ingestTimeMs,
        partition: where,
        format,
        unreadable,
      };
      if (cut.passes(record)) records.push(record);
      else for (const each of cut.take(record)) records.push(each);
    }
    const waiting = cut.first?.at;
    return { records, newestMs, whole: waiting?.kind === 'kafka' ? Number(waiting.offset) : next };
  }

  return {
    async begin(member, tenures) {
      const beginnings = tenures.map(({ where, topic, partition }) => ({
        topic,
        partition,
        last: lastRead.get(where),
        from: pointed.get(where),
      }));
      const starts = await brokers.starts(beginnings);
      const begun: { readonly tenure: Tenure; readonly place: Place; readonly lost: number }[] = [];
      const chosen: Place[] = [];
      for (const [n, { offset, isGroups, isAnother, lost }] of starts.entries()) {
        const tenure = tenures[n] as Tenure;
        if (!assignment.holds(tenure)) continue;
        const { topic, partition, where } = tenure;
        if (isAnother && !anew.has(where)) startOver(tenure);
        const place = { topic, partition, offset };
        begun.push({ tenure, place, lost });
        if (!isGroups) chosen.push(place);
      }
      await member.keep(chosen);
      // Not before it is the group's: a joining in between would have begun where the group has no place.
      for (const { tenure, place, lost } of begun) {
        // What has no position from now on was made later, and is read from its beginning.
        pointed.delete(tenure.where);
        if (!assignment.holds(tenure)) continue;
        if (lost > 0)
          logger.warn(
            { partition: tenure.where, records: lost },
            'kafka: records were deleted before they were read',
          );
        member.seek(place);
        tenure.next = place.offset;
        tenure.hasBegun = true;
      }
    },

    read(tenure, fetched) {
      if (isAstray(tenure, fetched)) return undefined;
      // Offsets that go back without a joining: the broker knew none as high as ours.
      if (tenure.next !== undefined && Number(fetched.messages[0]?.offset) < tenure.next) startOver(tenure);
      const startsOver = anew.delete(tenure.where);
      return { ...recordsOf(tenure, fetched), next: fetched.next, startsOver };
    },

    passed(tenure, { next, whole, newestMs, startsOver }) {
      const before = startsOver ? undefined : lastRead.get(tenure.where)?.newestMs;
      lastRead.set(tenure.where, { offset: whole - 1, newestMs: Math.max(newestMs, before ?? 0) });
      tenure.next = next;
    },

    startedOver: () => startedOver,
  };
}
