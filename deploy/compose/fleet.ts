// The simulated fleet's log lines into the topic, as the demo plays them: three quiet weeks, then life with
// attacks in it. Everything found in them is real work of the service on invented traffic.
import { setTimeout as sleep } from 'node:timers/promises';
import { Kafka, Partitioners } from 'kafkajs';
import { demoLive, demoPast } from '../../src/simulation/demo-fleet.ts';

const brokers = (process.env['BROKERS'] ?? 'kafka:9092').split(',');
const topic = process.env['TOPIC'] ?? 'gateway-access';
const seed = Number(process.env['SEED'] ?? 1);
const linesPerSend = 300;

const producer = new Kafka({ clientId: 'demo-fleet', brokers }).producer({
  createPartitioner: Partitioners.DefaultPartitioner,
});
await producer.connect();
const send = (lines: readonly string[]) =>
  producer.send({ topic, messages: lines.map((line) => ({ value: line })) });

const startMs = Date.now();
let waiting: string[] = [];
let sent = 0;
for (const { line } of demoPast(seed, startMs)) {
  waiting.push(line);
  if (waiting.length < linesPerSend) continue;
  await send(waiting);
  sent += waiting.length;
  waiting = [];
}
if (waiting.length > 0) await send(waiting);
console.log(`${sent + waiting.length} lines of three quiet weeks sent; life goes on from here`);

const live = demoLive(seed, startMs);
for (;;) {
  await sleep(1000);
  const lines = live.linesUntil(Date.now()).map(({ line }) => line);
  if (lines.length > 0) await send(lines);
}
