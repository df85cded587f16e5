import type { KafkaSourceConfig } from '../../../schemas/config/source.ts';
import type { Brokers } from './brokers.ts';
import { type KafkaLogger, kafkaProblem } from './client.ts';
import type { GroupMember, MemberHooks } from './group-member.ts';
import { isPattern, TopicsError } from './topics.ts';
import type { Troubles } from './troubles.ts';

export interface MembershipParts {
  readonly brokers: Pick<Brokers, 'join' | 'topics'>;
  readonly config: KafkaSourceConfig;
  readonly logger: KafkaLogger;
  readonly troubles: Troubles;
  readonly hooks: MemberHooks;
}

/** This process in the group, however often it leaves and joins again. */
export interface Membership {
  /** Undefined while it is in no group. */
  member(): GroupMember | undefined;
  /** For good. Never rejects: the group waits for a member that could not be struck off, not for ever. */
  leave(): Promise<void>;
}

/** Topics come and go under a pattern: the member leaves and joins again with those of today. */
export async function membershipOf(
  topicsAtStart: readonly string[],
  { brokers, config, logger, troubles, hooks }: MembershipParts,
): Promise<Membership> {
  let member: GroupMember | undefined = await brokers.join(topicsAtStart, hooks);
  let isLeaving = false;
  let changing: Promise<void> | undefined;
  const timer = config.topics.some(isPattern) ? setInterval(look, config.topicRefreshMs) : undefined;

  function look(): void {
    // What cannot be read cannot be looked for either.
    if (member !== undefined && troubles.first() !== undefined) return;
    changing ??= change().finally(() => {
      changing = undefined;
    });
  }

  async function change(): Promise<void> {
    try {
      const topics = await brokers.topics();
      if (isLeaving) return;
      const before = member;
      if (before !== undefined) {
        const found = topics.filter((topic) => !before.topics.includes(topic));
        const gone = before.topics.filter((topic) => !topics.includes(topic));
        if (found.length + gone.length === 0) return;
        logger.info({ found, gone }, 'kafka: the topics that fit have changed');
        member = undefined;
        await before.leave();
      }
      member = await brokers.join(topics, hooks);
      troubles.set('joining', undefined);
    } catch (error) {
      const { text, passing } = kafkaProblem(error, config);
      if (!passing && !(error instanceof TopicsError)) hooks.ended(new Error(text, { cause: error }));
      else if (member === undefined) troubles.set('joining', text);
      else logger.warn(text);
    }
  }

  async function leave(): Promise<void> {
    isLeaving = true;
    clearInterval(timer);
    await changing;
    try {
      await member?.leave();
    } catch (error) {
      logger.warn(
        `${kafkaProblem(error, config).text}; the group was not left and waits for the session to time out`,
      );
    }
  }

  let leaving: Promise<void> | undefined;
  return {
    member: () => member,
    leave: () => (leaving ??= leave()),
  };
}
