import kafkajs from 'kafkajs';
import type { Broker } from './kafka-broker.ts';

/** Another program's view of a topic: writes lines, reads them back, looks at a group's positions. */
export interface TopicClient {
  send(topic: string, lines: readonly (string | Buffer)[]): Promise<void>;
  /** As one request: compressed, or to the partitions in turn. */
  sendAtOnce(topic: string, lines: readonly string[], how?: SendOptions): Promise<void>;
  /** Records that the group has not acknowledged yet; all of them when it never did. */
  unacknowledged(topic: string, groupId: string): Promise<number>;
  /** Ids of all consumer groups. */
  groups(): Promise<string[]>;
  close(): Promise<void>;
}

export interface SendOptions {
  readonly partitions?: number;
  readonly compression?: kafkajs.CompressionTypes;
}

/** Lines that say which they are. */
export const numbered = (prefix: string, count: number) =>
  Array.from({ length: count }, (_, n) => `${prefix}-${n}`);

const linesAtOnce = 500;

export async function topicClient({ address }: Pick<Broker, 'address'>): Promise<TopicClient> {
  const kafka = new kafkajs.Kafka({
    brokers: [address],
    logLevel: kafkajs.logLevel.NOTHING,
    retry: { retries: 30, initialRetryTime: 100, maxRetryTime: 1000 },
  });
  const producer = kafka.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner });
  const admin = kafka.admin();
  await producer.connect();
  await admin.connect();
  return {
    async send(topic, lines) {
      for (let start = 0; start < lines.length; start += linesAtOnce) {
        const messages = lines.slice(start, start + linesAtOnce).map((value) => ({ value }));
        await producer.send({ topic, messages });
      }
    },
    async sendAtOnce(topic, lines, { partitions = 1, compression = kafkajs.CompressionTypes.None } = {}) {
      const messages = lines.map((value, n) => ({ value, partition: n % partitions }));
      await producer.send({ topic, compression, messages });
    },
    async unacknowledged(topic, groupId) {
      const ends = await admin.fetchTopicOffsets(topic);
      const [group] = await admin.fetchOffsets({ groupId, topics: [topic] });
      return ends.reduce((sum, { partition, high, low }) => {
        const at = group?.partitions.find((one) => one.partition === partition)?.offset ?? '-1';
        return sum + Number(high) - (at === '-1' ? Number(low) : Number(at));
      }, 0);
    },
    async groups() {
      return (await admin.listGroups()).groups.map(({ groupId }) => groupId);
    },
    async close() {
      await producer.disconnect();
      await admin.disconnect();
    },
  };
}
