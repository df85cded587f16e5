import type { Admin } from 'kafkajs';
import type { KafkaSourceConfig } from '../../../schemas/config/source.ts';
import { matches } from '../../engine/pattern.ts';

/** Names of the topics that exist and are asked for. Throws one line when a plain name or every pattern finds none. */
export async function topicsAskedFor(
  admin: Admin,
  { topics, brokers }: KafkaSourceConfig,
): Promise<string[]> {
  const existing = await admin.listTopics();
  const found = new Set<string>();
  const missing: string[] = [];
  for (const asked of topics) {
    const hits = existing.filter((topic) => matches(asked, topic) && !topic.startsWith('__'));
    if (hits.length === 0) missing.push(asked);
    for (const topic of hits) found.add(topic);
  }
  if (missing.length > 0) {
    throw new Error(
      `kafka at ${brokers.join(', ')}: no topic ${missing.join(', ')}; create it or correct source.kafka.topics`,
    );
  }
  return [...found];
}

/** Gives a group without positions those of a point in time; a group that has some keeps them. */
export async function beginAt(
  admin: Admin,
  groupId: string,
  topics: readonly string[],
  timeMs: number,
): Promise<void> {
  for (const topic of topics) {
    const [committed] = await admin.fetchOffsets({ groupId, topics: [topic] });
    if (committed?.partitions.some(({ offset }) => offset !== '-1')) continue;
    const partitions = await admin.fetchTopicOffsetsByTimestamp(topic, timeMs);
    await admin.setOffsets({ groupId, topic, partitions });
  }
}
