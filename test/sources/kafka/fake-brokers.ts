import type { OffsetsByTopicPartition } from 'kafkajs';
import type { Brokers } from '../../../src/sources/kafka/brokers.ts';
import type { Fetched, GroupMember, MemberHooks } from '../../../src/sources/kafka/group-member.ts';
import { startOf } from '../../../src/sources/kafka/starts.ts';

interface Log {
  low: number;
  values: string[];
}

/** One topic `t` whose partitions are lists, and one group, whose members do nothing of their own accord. */
export class FakeBrokers implements Brokers {
  readonly logs = new Map<string, Log>();
  /** The group's positions. */
  readonly positions = new Map<string, number>();
  readonly members: FakeMember[] = [];
  existing = ['t'];
  /** Time on every record. */
  stampMs = 1_800_000_000_000;
  /** Runs before an answer; what it throws is the answer. */
  before = { join: async () => {}, topics: async () => {}, starts: async () => {}, keep: async () => {} };

  write(partition: number, ...values: string[]): void {
    const where = `t/${partition}`;
    const log = this.logs.get(where) ?? { low: 0, values: [] };
    this.logs.set(where, log);
    log.values.push(...values);
  }

  end(where: string): number {
    const { low, values } = this.logs.get(where) ?? { low: 0, values: [] };
    return low + values.length;
  }

  /** The topic is deleted and made again, empty. */
  makeAnew(): void {
    this.logs.clear();
    this.positions.clear();
  }

  newest(): FakeMember {
    const member = this.members.at(-1);
    if (member === undefined) throw new Error('nobody has joined');
    return member;
  }

  async join(topics: readonly string[], hooks: MemberHooks): Promise<GroupMember> {
    await this.before.join();
    const member = new FakeMember(this, topics, hooks);
    this.members.push(member);
    return member;
  }

  async topics(): Promise<string[]> {
    await this.before.topics();
    return this.existing;
  }

  async starts(beginnings: Parameters<Brokers['starts']>[0]) {
    await this.before.starts();
    return beginnings.map(({ topic, partition, last, from }) => {
      const where = `${topic}/${partition}`;
      const committed = this.positions.get(where);
      const low = this.logs.get(where)?.low ?? 0;
      return startOf({ low, high: this.end(where), committed, last, firstNewer: undefined, from });
    });
  }

  lagOf() {
    const records = new Map<string, number>();
    return { records, note: (where: string, lag: number) => void records.set(where, lag), async close() {} };
  }
}

export class FakeMember implements GroupMember {
  readonly topics: readonly string[];
  readonly hooks: MemberHooks;
  readonly paused = new Set<string>();
  /** Offset that is fetched next. */
  readonly at = new Map<string, number>();
  hasLeft = false;
  readonly #brokers: FakeBrokers;

  constructor(brokers: FakeBrokers, topics: readonly string[], hooks: MemberHooks) {
    this.#brokers = brokers;
    this.topics = topics;
    this.hooks = hooks;
  }

  /** The group gives it these partitions; it reads on at the group's positions. */
  joined(memberId: string, partitions: readonly number[]): void {
    this.at.clear();
    for (const partition of partitions)
      this.at.set(`t/${partition}`, this.#brokers.positions.get(`t/${partition}`) ?? 0);
    this.hooks.joined(this, memberId, { t: [...partitions] });
  }

  reads(partition: number): boolean {
    return this.at.has(`t/${partition}`) && !this.paused.has(`t/${partition}`);
  }

  /** Fetches what there is; undefined when it stands still or there is nothing. */
  fetch(partition: number): Fetched | undefined {
    const where = `t/${partition}`;
    const from = this.at.get(where);
    const log = this.#brokers.logs.get(where);
    if (!this.reads(partition) || from === undefined || log === undefined) return undefined;
    const values = log.values.slice(from - log.low);
    if (values.length === 0) return undefined;
    const next = from + values.length;
    return {
      topic: 't',
      partition,
      messages: values.map((value, n) => ({
        offset: String(from + n),
        timestampMs: this.#brokers.stampMs,
        key: null,
        value: Buffer.from(value),
        isControlRecord: false,
        batchContext: { producerId: '-1', inTransaction: false },
      })),
      from,
      next,
      end: next,
      isOver: () => false,
      async heartbeat() {},
      resolve: () => void this.at.set(where, next),
    };
  }

  async fetchAndTake(partition: number): Promise<void> {
    const fetched = this.fetch(partition);
    if (fetched !== undefined) await this.hooks.take(fetched);
  }

  pause(tenures: readonly { where: string }[]): void {
    for (const { where } of tenures) this.paused.add(where);
  }

  resume(tenures: readonly { where: string }[]): void {
    for (const { where } of tenures) this.paused.delete(where);
  }

  async keep(places: readonly { topic: string; partition: number; offset: number }[]): Promise<void> {
    await this.#brokers.before.keep();
    for (const { topic, partition, offset } of places)
      this.#brokers.positions.set(`${topic}/${partition}`, offset);
  }

  seek({ topic, partition, offset }: { topic: string; partition: number; offset: number }): void {
    this.at.set(`${topic}/${partition}`, offset);
  }

  async commit({ topics }: OffsetsByTopicPartition): Promise<void> {
    for (const { topic, partitions } of topics)
      for (const { partition, offset } of partitions)
        this.#brokers.positions.set(`${topic}/${partition}`, Number(offset));
  }

  async leave(): Promise<void> {
    this.hasLeft = true;
    this.hooks.left();
  }
}
