import type { Source } from '../source.ts';
import { kafkaClient, kafkaProblem } from './client.ts';
import { createKafkaSource, type KafkaSourceParts } from './kafka-source.ts';

/**
 * A source for a look at some topics. Its group is made for it and holds where it began; `close` deletes the
 * group, so that the look leaves nothing behind at the brokers.
 */
export async function passingLook(parts: KafkaSourceParts): Promise<Source> {
  const { config, logger } = parts;
  const source = await createKafkaSource(parts);
  let closing: Promise<void> | undefined;

  async function leave(): Promise<void> {
    // The first call waits for acknowledgements, of which a look gives none.
    await source.close();
    await source.close();
    const admin = kafkaClient(config, logger).admin();
    try {
      await admin.connect();
      await admin.deleteGroups([config.groupId]);
    } catch (error) {
      logger.warn(
        `kafka: the group ${config.groupId} stays behind at the brokers: ${kafkaProblem(error, config).text}`,
      );
    } finally {
      await admin.disconnect();
    }
  }

  return {
    name: source.name,
    [Symbol.asyncIterator]: () => source[Symbol.asyncIterator](),
    close: () => (closing ??= leave()),
  };
}
