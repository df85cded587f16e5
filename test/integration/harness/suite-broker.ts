import { afterAll, beforeAll, vi } from 'vitest';
import { type Broker, type BrokerOptions, kafkaBroker } from './kafka-broker.ts';
import { type TopicClient, topicClient } from './topic.ts';

export interface SuiteBroker {
  /** Only within hooks and tests. */
  readonly broker: Broker;
  readonly client: TopicClient;
}

const startMs = 180_000;
/** For a machine on which much else runs; a test that needs longer says so itself. */
const testMs = 90_000;

/** One broker for all tests of a suite, with these topics and as many partitions, and another program's view of it. */
export function brokerForSuite(
  topics: Readonly<Record<string, number>> = {},
  options: BrokerOptions = {},
): SuiteBroker {
  let broker: Broker | undefined;
  let client: TopicClient | undefined;
  vi.setConfig({ testTimeout: testMs });
  beforeAll(async () => {
    broker = await kafkaBroker(options);
    await broker.start();
    for (const [topic, partitions] of Object.entries(topics)) await broker.createTopic(topic, partitions);
    client = await topicClient(broker);
  }, startMs);
  afterAll(async () => {
    await client?.close();
    await broker?.remove();
  });
  const there = <T>(part: T | undefined): T => {
    if (part === undefined) throw new Error('the broker has not been started');
    return part;
  };
  return {
    get broker() {
      return there(broker);
    },
    get client() {
      return there(client);
    },
  };
}
