import type { Admin } from 'kafkajs';
import type { KafkaSourceConfig } from '../../../schemas/config/source.ts';
import { matches } from '../../engine/pattern.ts';

/** More would be a pattern gone wrong, and each topic has its clock, its positions and its metrics. */
const mostTopics = 1000;

export const isPattern = (asked: string) => asked.includes('*');

/** Names of the topics that exist and are asked for. Throws one line when a name or a pattern finds none, or too many. */
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
  const where = `kafka at ${brokers.join(', ')}`;
  if (missing.length > 0)
    throw new TopicsError(
      `${where}: no topic ${missing.join(', ')}; create it or correct source.kafka.topics`,
    );
  if (found.size > mostTopics)
    throw new TopicsError(
      `${where}: ${topics.join(', ')} finds ${found.size} topics and at most ${mostTopics} are read; correct source.kafka.topics`,
    );
  return [...found].sort();
}

/** The topics asked for are not there; waiting for brokers does not mend it. */
export class TopicsError extends Error {}
