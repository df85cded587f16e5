import { setTimeout as sleep } from 'node:timers/promises';
import type { Source } from '../source.ts';
import { acknowledgementsOf } from './acknowledgements.ts';
import { Assignment, type Tenure } from './assignment.ts';
import { type Brokers, brokersOf } from './brokers.ts';
import { kafkaClient, kafkaProblem } from './client.ts';
import { coursesOf } from './courses.ts';
import type { Fetched, GroupMember, MemberHooks } from './group-member.ts';
import { inHandOf } from './in-hand.ts';
import { membershipOf } from './membership.ts';
import { type Opened, type OpeningParts, opened } from './opening.ts';
import type { LastRead } from './starts.ts';
import { troublesOf } from './troubles.ts';

export interface KafkaSource extends Source {
  /** Records between what was read and the end, by `topic/partition`. */
  lag(): ReadonlyMap<string, number>;
  /** One line while brokers cannot be reached; undefined when all is well. */
  problem(): string | undefined;
  /** Partitions begun anew because their topic was deleted and made again. */
  startedOver(): number;
}

export interface KafkaSourceParts extends OpeningParts {
  /** Last record of each partition that the restored state holds, by `topic/partition`. */
  readonly restored?: ReadonlyMap<string, LastRead>;
}

const heartbeatMs = 3_000;
const beginAgainMs = 1_000;

/**
 * Topics read as a member of a consumer group.
 *
 * Delivery guarantee: at least once. Positions are committed only for batches that were acknowledged
 * while their partition was this member's without a break; when it moves to another member, that one
 * reads again what was not. A codec, login or topic that is wrong ends the source with one line; brokers
 * that are away, and topics that have gone, are waited for.
 */
export async function createKafkaSource(parts: KafkaSourceParts): Promise<KafkaSource> {
  const kafka = kafkaClient(parts.config, parts.logger);
  return readAsMember(brokersOf(kafka, parts.config), await opened(kafka, parts), parts);
}

export async function readAsMember(
  brokers: Brokers,
  { topics, pointed }: Opened,
  { config, logger, nowMs, restored }: Omit<KafkaSourceParts, 'stop'>,
): Promise<KafkaSource> {
  const assignment = new Assignment();
  const courses = coursesOf({ brokers, config, logger, nowMs, assignment, pointed, restored });
  const troubles = troublesOf(logger);
  const lag = brokers.lagOf(assignment);
  const acknowledgements = acknowledgementsOf(assignment, logger, async (offsets) => {
    await membership.member()?.commit(offsets);
  });
  const inHand = inHandOf(assignment, acknowledgements.upTo, () => {
    // A member that only stays would keep its partitions from those who read.
    if (isClosing) void leave();
  });
  let isClosing = false;

  const hooks: MemberHooks = {
    take,
    joined,
    left: () => assignment.leave(),
    ended: (error) => inHand.end(error),
    onProblem: (text) => troubles.set('reading', text),
  };
  const membership = await membershipOf(topics, { brokers, config, logger, troubles, hooks });
  logger.info({ topics, group: config.groupId }, 'kafka: reading');

  /** New partitions stand still until it is known where they begin. */
  function joined(member: GroupMember, memberId: string, assigned: Record<string, number[]>): void {
    const fresh = assignment.join(memberId, assigned);
    if (fresh.length === 0) return;
    member.pause(fresh);
    void begin(member, fresh);
  }

  async function begin(member: GroupMember, tenures: readonly Tenure[]): Promise<void> {
    const held = () => tenures.filter((tenure) => assignment.holds(tenure));
    while (held().length > 0 && !isClosing) {
      try {
        const beginning = held();
        await courses.begin(member, beginning);
        if (!isClosing) member.resume(beginning.filter((tenure) => assignment.holds(tenure)));
        break;
      } catch (error) {
        troubles.set('beginning', kafkaProblem(error, config).text);
        await sleep(beginAgainMs);
      }
    }
    troubles.set('beginning', undefined);
  }

  /** Hands over what was fetched, keeping the membership alive while the pipeline is busy. */
  async function take(fetched: Fetched): Promise<void> {
    const { topic, partition, messages, next, end } = fetched;
    const tenure = assignment.at(`${topic}/${partition}`);
    if (tenure === undefined || fetched.isOver()) return;
    const stretch = courses.read(tenure, fetched);
    if (stretch === undefined) return;
    lag.note(tenure.where, end - Number(messages[0]?.offset));
    const beat = setInterval(() => void fetched.heartbeat().catch(() => undefined), heartbeatMs);
    try {
      if (!(await inHand.give(tenure, stretch))) return;
    } finally {
      clearInterval(beat);
    }
    // Given anew while it waited: the place is another one, and what was handed over is dropped.
    if (!assignment.holds(tenure)) return;
    courses.passed(tenure, stretch);
    lag.note(tenure.where, end - next);
    fetched.resolve();
    await fetched.heartbeat();
  }

  let leaving: Promise<void> | undefined;
  const leave = () => {
    leaving ??= Promise.all([lag.close(), membership.leave()]).then(() => {});
    return leaving;
  };
  let wasAsked = false;

  return {
    name: 'kafka',
    lag: () => lag.records,
    problem: troubles.first,
    startedOver: courses.startedOver,
    [Symbol.asyncIterator]: () => inHand[Symbol.asyncIterator](),
    /**
     * The first call stops reading, and the membership lasts until all is acknowledged that was handed out;
     * the second gives up on what is not.
     */
    async close() {
      isClosing = true;
      inHand.end();
      if (wasAsked || inHand.isEmpty()) return leave();
      wasAsked = true;
      membership.member()?.pause(assignment.all());
    },
  };
}
