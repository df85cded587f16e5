import type { Kafka } from 'kafkajs';
import type { KafkaSourceConfig } from '../../../schemas/config/source.ts';
import { CutLines } from '../cut-lines.ts';
import type { RawRecord } from '../source.ts';
import type { Assignment, Tenure } from './assignment.ts';
import type { KafkaLogger } from './client.ts';
import type { GroupMember } from './group-member.ts';
import type { FetchedRecord } from './record-batches.ts';
import { type LastRead, startsOf } from './starts.ts';

export interface CourseParts {
  readonly kafka: Kafka;
  readonly config: KafkaSourceConfig;
  readonly logger: KafkaLogger;
  readonly nowMs: () => number;
  readonly assignment: Assignment;
  /** Topics in which source.kafka.from counts. */
  readonly without: ReadonlySet<string>;
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
  read(tenure: Tenure, messages: readonly FetchedRecord[], next: number): Stretch;
  /** The stretch was handed on. */
  passed(tenure: Tenure, stretch: Stretch): void;
  /** Partitions begun anew because their topic was deleted and made again. */
  startedOver(): number;
}

const nothing = new Uint8Array(0);
const year2000Ms = 946_684_800_000;

export function coursesOf(parts: CourseParts): Courses {
  const { kafka, config, logger, nowMs, assignment, without } = parts;
  const lastRead = new Map(parts.restored);
  const format = config.format === 'auto' ? undefined : config.format;
  /** Parts of lines go with the tenure: the partition's next reader begins at the first of them. */
  const cutLines = new WeakMap<Tenure, CutLines<RawRecord>>();
  let startedOver = 0;

  function startOver(tenure: Tenure): void {
    startedOver += 1;
    tenure.startsOver = true;
    cutLines.delete(tenure);
    lastRead.delete(tenure.where);
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

  function recordsOf(tenure: Tenure, messages: readonly FetchedRecord[], next: number) {
    const { where, topic, partition } = tenure;
    const cut = cutLinesOf(tenure);
    const now = nowMs();
    let newestMs = 0;
    const records: RawRecord[] = [];
    for (const { value, offset, timestampMs, unreadable } of messages) {
      // Some producers stamp −1 (1970): the time of reading is nearer to the truth.
      const ingestTimeMs = timestampMs > year2000Ms ? timestampMs : now;
      if (ingestTimeMs > newestMs) newestMs = ingestTimeMs;
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
        isFirst: without.has(topic),
      }));
      const admin = kafka.admin();
      await admin.connect();
      const starts = await startsOf(admin, config, beginnings).finally(() => admin.disconnect());
      const chosen: { topic: string; partition: number; offset: string }[] = [];
      for (const [n, { offset, isAnother, lost }] of starts.entries()) {
        const tenure = tenures[n] as Tenure;
        const { topic, partition, where } = tenure;
        if (lost > 0)
          logger.warn(
            { partition: where, records: lost },
            'kafka: records were deleted before they were read',
          );
        if (isAnother) startOver(tenure);
        if (offset !== undefined && assignment.holds(tenure))
          chosen.push({ topic, partition, offset: String(offset) });
      }
      await member.beginAt(chosen);
    },

    read(tenure, messages, next) {
      // Offsets that go back without a joining: the broker knew none as high as ours.
      if (tenure.next !== undefined && Number(messages[0]?.offset) < tenure.next) startOver(tenure);
      const { startsOver } = tenure;
      tenure.startsOver = false;
      return { ...recordsOf(tenure, messages, next), next, startsOver };
    },

    passed(tenure, { next, whole, newestMs, startsOver }) {
      const before = startsOver ? undefined : lastRead.get(tenure.where)?.newestMs;
      lastRead.set(tenure.where, { offset: whole - 1, newestMs: Math.max(newestMs, before ?? 0) });
      tenure.next = next;
    },

    startedOver: () => startedOver,
  };
}
