import { randomBytes } from 'node:crypto';
import kafkajs, { type Kafka } from 'kafkajs';
import { detectors } from '../detectors/index.ts';
import { decodeConfig } from '../schemas/config/decode.ts';
import { kafkaSource } from '../schemas/config/source.ts';
import { checkpointConfig } from '../schemas/config/state.ts';
import { readModel } from '../src/cli/parts/model.ts';
import { configSchema } from '../src/config/schema.ts';
import { decodeInThread } from '../src/decode/thread/decode-in-thread.ts';
import { createEngine } from '../src/engine/engine.ts';
import { engineOptions } from '../src/engine/engine-options.ts';
import { noMeter } from '../src/pipeline/meter.ts';
import { createPipeline } from '../src/pipeline.ts';
import { createKafkaSource } from '../src/sources/kafka/kafka-source.ts';
import { installRecordBatches } from '../src/sources/kafka/record-batches.ts';
import { type Broker, kafkaBroker } from '../test/integration/harness/kafka-broker.ts';
import { fleetLines } from './fleet-lines.ts';

const topic = 'bench';
const partitions = 4;
const perBatch = 500;

export interface KafkaRow {
  readonly records: number;
  /** Topic → decode → every detector → alerts. */
  readonly judgedPerSecond: number;
  /** A consumer that only fetches and parses. */
  readonly parsedPerSecond: number;
  readonly ratio: number;
}

/** Both readers on the same topic of a real broker, one after the other. */
export async function measureKafka(records: number): Promise<KafkaRow> {
  // Before the first consumer: what the client has loaded by then it keeps.
  installRecordBatches();
  const broker = await kafkaBroker();
  await broker.start();
  try {
    await broker.createTopic(topic, partitions);
    const kafka = new kafkajs.Kafka({ brokers: [broker.address], logLevel: kafkajs.logLevel.NOTHING });
    await fill(kafka, records);
    const parsedPerSecond = await justParse(kafka, records);
    const judgedPerSecond = await judgeAll(broker, records);
    return { records, judgedPerSecond, parsedPerSecond, ratio: judgedPerSecond / parsedPerSecond };
  } finally {
    await broker.remove();
  }
}

async function fill(kafka: Kafka, records: number): Promise<void> {
  const producer = kafka.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner });
  await producer.connect();
  let messages: { value: string; partition: number }[] = [];
  let sent = 0;
  for (const value of fleetLines(records)) {
    messages.push({ value, partition: Math.floor(sent++ / perBatch) % partitions });
    if (messages.length < perBatch) continue;
    await producer.send({ topic, messages });
    messages = [];
  }
  if (messages.length > 0) await producer.send({ topic, messages });
  await producer.disconnect();
}

async function justParse(kafka: Kafka, records: number): Promise<number> {
  const consumer = kafka.consumer({ groupId: 'bare', maxBytesPerPartition: 4 << 20, maxBytes: 32 << 20 });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  let seen = 0;
  let started = 0n;
  const seconds = await new Promise<number>((resolve) => {
    void consumer.run({
      partitionsConsumedConcurrently: partitions,
      eachBatch: async ({ batch }) => {
        if (started === 0n) started = process.hrtime.bigint();
        for (const { value } of batch.messages)
          if (value !== null && JSON.parse(value.toString()) !== null) seen += 1;
        if (seen >= records) resolve(Number(process.hrtime.bigint() - started) / 1e9);
      },
    });
  });
  await consumer.disconnect();
  return records / seconds;
}

async function judgeAll(broker: Broker, records: number): Promise<number> {
  const config = configSchema.parse({});
  const { hashKey: _, hashKeyFile: __, ...decode } = decodeConfig.parse({});
  const quiet = { info() {}, warn() {}, error() {}, debug() {} };
  const stop = new AbortController();
  const source = await createKafkaSource({
    config: kafkaSource.parse({
      brokers: [broker.address],
      topics: [topic],
      from: 'earliest',
      groupId: 'judge',
    }),
    logger: quiet,
    nowMs: Date.now,
    stop: stop.signal,
  });
  const decodeStage = await decodeInThread({
    options: { ...decode, hashKey: randomBytes(32), history: true },
    mappings: [],
  });
  let seen = 0;
  let started = 0n;
  let seconds = 0;
  const pipeline = createPipeline({
    source,
    decodeStage,
    engine: createEngine(
      engineOptions({ ...config, revoked: new Set() }, detectors, readModel(), {
        scores: false,
        simulated: true,
        runbookBase: '',
      }),
    ),
    sinks: [{ name: 'none', async deliver() {}, problem: () => undefined, async close() {} }],
    store: undefined,
    checkpoint: checkpointConfig.parse({}),
    keepEvents: false,
    finite: false,
    meter: {
      ...noMeter,
      batch(figures) {
        if (started === 0n) started = process.hrtime.bigint();
        seen += figures.records;
        if (seen < records) return;
        seconds = Number(process.hrtime.bigint() - started) / 1e9;
        stop.abort();
      },
    },
    logger: quiet,
    clock: () => performance.now(),
  });
  await pipeline.run(stop.signal, new AbortController().signal);
  await source.close();
  await decodeStage.close();
  return records / seconds;
}
