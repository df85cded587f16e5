import type { Kafka } from 'kafkajs';
import type { KafkaSourceConfig } from '../../../schemas/config/source.ts';
import type { Assignment } from './assignment.ts';
import { type GroupMember, groupMember, type MemberHooks } from './group-member.ts';
import { type LagWatch, watchLag } from './lag.ts';
import { type Beginning, type Start, startsOf } from './starts.ts';
import { topicsAskedFor } from './topics.ts';

/** What the source asks of its brokers while it reads. */
export interface Brokers {
  /** Becomes a member of the group. */
  join(topics: readonly string[], hooks: MemberHooks): Promise<GroupMember>;
  /** The topics asked for that are there now. */
  topics(): Promise<string[]>;
  /** Where partitions begin, in the order given. */
  starts(beginnings: readonly Beginning[]): Promise<Start[]>;
  lagOf(assignment: Assignment): LagWatch;
}

export function brokersOf(kafka: Kafka, config: KafkaSourceConfig): Brokers {
  return {
    join: (topics, hooks) => groupMember(kafka, config, topics, hooks),
    async topics() {
      const admin = kafka.admin({ retry: { retries: 0 } });
      try {
        await admin.connect();
        return await topicsAskedFor(admin, config);
      } finally {
        await admin.disconnect();
      }
    },
    async starts(beginnings) {
      const admin = kafka.admin();
      try {
        await admin.connect();
        return await startsOf(admin, config.groupId, beginnings);
      } finally {
        await admin.disconnect();
      }
    },
    lagOf: (assignment) => watchLag(kafka, assignment),
  };
}
