import { type KafkaSourceConfig, kafkaSource as schema } from '../../../schemas/config/source.ts';
import { createKafkaSource, type KafkaSource } from '../../../src/sources/kafka/kafka-source.ts';
import type { LastRead } from '../../../src/sources/kafka/starts.ts';
import type { Batch } from '../../../src/sources/source.ts';
import type { Broker } from './kafka-broker.ts';

/** What sources of a file have logged, as text; the file's to empty. */
export const said: string[] = [];
const say = (...all: unknown[]) =>
  void said.push(all.map((one) => (typeof one === 'string' ? one : JSON.stringify(one))).join(' '));
const logger = { info: say, warn: say, error: say, debug() {} };

export interface OpenParts {
  readonly restored?: ReadonlyMap<string, LastRead>;
  readonly waitingFor?: (problem: string | undefined) => void;
}

/** A source on topic `t`, from its beginning, unless told otherwise. */
export function openSource(
  { address }: Pick<Broker, 'address'>,
  config: Partial<KafkaSourceConfig> = {},
  parts: OpenParts = {},
): Promise<KafkaSource> {
  return createKafkaSource({
    config: schema.parse({
      brokers: [address],
      topics: ['t'],
      from: 'earliest',
      sessionTimeoutMs: 6000,
      ...config,
    }),
    logger,
    nowMs: Date.now,
    stop: new AbortController().signal,
    ...parts,
  });
}

export const valuesOf = (records: Batch['records']) =>
  records.map(({ value }) => Buffer.from(value).toString());

/** Reads `count` records and stops; each batch is acknowledged unless told not to. */
export async function take(source: KafkaSource, count: number, acknowledge = true) {
  const records: Batch['records'][number][] = [];
  for await (const batch of source) {
    for (const record of batch.records) records.push(record);
    if (acknowledge) await batch.commit();
    if (records.length >= count) break;
  }
  return records;
}

/** Reads and acknowledges all the time. */
export function reading(source: KafkaSource) {
  const seen: string[] = [];
  const startsOver: string[] = [];
  const last = new Map<string, LastRead>();
  const done = (async () => {
    for await (const batch of source) {
      startsOver.push(...(batch.startsOver ?? []));
      for (const { at, partition, ingestTimeMs } of batch.records)
        if (at.kind === 'kafka') last.set(partition, { offset: Number(at.offset), newestMs: ingestTimeMs });
      for (const value of valuesOf(batch.records)) seen.push(value);
      await batch.commit();
    }
  })();
  return {
    seen,
    startsOver,
    /** What a checkpoint would have saved. */
    last,
    async stop() {
      await source.close();
      await done;
      // Out of the group before anybody comes after it.
      await source.close();
    },
  };
}
