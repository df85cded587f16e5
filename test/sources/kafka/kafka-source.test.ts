import { setImmediate as soon } from 'node:timers/promises';
import { expect, onTestFinished, test, vi } from 'vitest';
import { type KafkaSourceConfig, kafkaSource as schema } from '../../../schemas/config/source.ts';
import { type KafkaSource, readAsMember } from '../../../src/sources/kafka/kafka-source.ts';
import type { Batch } from '../../../src/sources/source.ts';
import { FakeBrokers } from './fake-brokers.ts';

const patience = { timeout: 40_000, interval: 20 };

async function setting(config: Partial<KafkaSourceConfig> = {}, pointed = new Map<string, number>()) {
  const brokers = new FakeBrokers();
  const said: string[] = [];
  const say = (...all: unknown[]) => void said.push(all.map((one) => JSON.stringify(one)).join(' '));
  const source = await readAsMember(
    brokers,
    { topics: ['t'], pointed },
    {
      config: schema.parse({ brokers: ['b:9092'], topics: ['t'], ...config }),
      logger: { info: say, warn: say, error: say, debug() {} },
      nowMs: () => 1_800_000_000_000,
    },
  );
  return { brokers, source, said };
}

const valuesOf = ({ records }: Batch) => records.map(({ value }) => Buffer.from(value).toString());

/** Takes batches as they come; acknowledging them is the test's. */
function taking(source: KafkaSource): Batch[] {
  const batches: Batch[] = [];
  void (async () => {
    for await (const batch of source) batches.push(batch);
  })();
  return batches;
}

/** A source that is read, and its member with the first partition and these records in it. */
async function joined(records: readonly string[], pointed?: number) {
  const places = new Map(pointed === undefined ? [] : [['t/0', pointed]]);
  const { brokers, source } = await setting({}, places);
  const batches = taking(source);
  brokers.write(0, ...records);
  const member = brokers.newest();
  member.joined('m-1', [0]);
  await soon();
  return { brokers, source, batches, member };
}

test('a source that was closed stays in the group until the last batch is acknowledged, and no longer', async () => {
  const { brokers, source, batches, member } = await joined(['a']);
  await member.fetchAndTake(0);
  await source.close();
  expect(member.hasLeft).toBe(false);
  await batches[0]?.commit();
  await soon();
  expect(brokers.positions.get('t/0')).toBe(1);
  expect(member.hasLeft).toBe(true);
});

test('a source that was closed twice leaves the group, acknowledged or not', async () => {
  const { brokers, source } = await setting();
  taking(source);
  brokers.write(0, 'a');
  const member = brokers.newest();
  member.joined('m-1', [0]);
  await soon();
  await member.fetchAndTake(0);
  await source.close();
  await source.close();
  expect(member.hasLeft).toBe(true);
});

test('no record arrives later than it is read, whatever clock has stamped it', async () => {
  const { brokers, batches, member } = await joined(['a']);
  brokers.stampMs += 86_400_000;
  await member.fetchAndTake(0);
  expect(batches[0]?.records.map(({ ingestTimeMs }) => ingestTimeMs)).toEqual([1_800_000_000_000]);
});

test('`from` points to one place, however late the group lets it begin', async () => {
  const { brokers, source } = await setting({}, new Map([['t/0', 2]]));
  const batches = taking(source);
  brokers.write(0, 'old', 'old');
  brokers.before.keep = async () => {
    brokers.before.keep = async () => {};
    throw new Error('the group is changing');
  };
  const member = brokers.newest();
  member.joined('m-1', [0]);
  await soon();
  expect(source.problem()).toBe('kafka at b:9092: the group is changing');
  expect(member.reads(0)).toBe(false);
  brokers.write(0, 'came meanwhile');
  await expect.poll(() => source.problem(), patience).toBeUndefined();
  expect(brokers.positions.get('t/0')).toBe(2);
  await member.fetchAndTake(0);
  expect(batches.map(valuesOf)).toEqual([['came meanwhile']]);
});

test('`from` counts once: a topic made anew before anything was read is read from its beginning', async () => {
  const { brokers, batches, member } = await joined(['old', 'old'], 2);
  brokers.makeAnew();
  brokers.write(0, 'new', 'new', 'new');
  member.hooks.left();
  member.joined('m-2', [0]);
  await soon();
  await member.fetchAndTake(0);
  expect(batches.map(valuesOf)).toEqual([['new', 'new', 'new']]);
});

test('a partition that was added later is read from its beginning', async () => {
  const { brokers, batches, member } = await joined(['old'], 1);
  brokers.write(1, 'new');
  member.joined('m-1', [0, 1]);
  await soon();
  await member.fetchAndTake(1);
  expect(batches.map(valuesOf)).toEqual([['new']]);
});

test('partitions whose member joins again while they begin are read all the same', async () => {
  const { brokers, source } = await setting({}, new Map([['t/0', 1]]));
  const batches = taking(source);
  brokers.write(0, 'old', 'new');
  const member = brokers.newest();
  brokers.before.keep = async () => {
    brokers.before.keep = async () => {};
    member.joined('m-1', [0]);
  };
  member.joined('m-1', [0]);
  await soon();
  await member.fetchAndTake(0);
  expect(batches.map(valuesOf)).toEqual([['new']]);
});

test('a partition that moves away and comes back while it begins is read from where its other reader was', async () => {
  const { brokers, source } = await setting({}, new Map([['t/0', 1]]));
  const batches = taking(source);
  brokers.write(0, 'a', 'b', 'c');
  const member = brokers.newest();
  brokers.before.keep = async () => {
    brokers.before.keep = async () => {};
    member.joined('m-1', []);
    throw new Error('the group is changing');
  };
  member.joined('m-1', [0]);
  await soon();
  brokers.positions.set('t/0', 2);
  member.joined('m-1', [0]);
  await soon();
  await member.fetchAndTake(0);
  expect(batches.map(valuesOf)).toEqual([['c']]);
});

test('a batch that waited through the end of its tenure is dropped, and moves no place of the next', async () => {
  const { brokers, source } = await setting();
  brokers.write(0, 'a');
  const member = brokers.newest();
  member.joined('m-1', [0]);
  await soon();
  // Nobody takes: the ninth batch waits for room.
  for (let n = 0; n < 8; n += 1) {
    await member.fetchAndTake(0);
    brokers.write(0, `b-${n}`);
  }
  const waiting = member.fetchAndTake(0);
  member.joined('m-2', [0]);
  await soon();
  const batches = taking(source);
  await waiting;
  await soon();
  expect(batches).toEqual([]);
  await member.fetchAndTake(0);
  await soon();
  expect(batches.flatMap(valuesOf)).toEqual(['a', ...Array.from({ length: 8 }, (_, n) => `b-${n}`)]);
});

test('what was under way when a partition was given anew leaves out nothing', async () => {
  const { brokers, batches, member } = await joined(['a']);
  await member.fetchAndTake(0);
  brokers.write(0, 'b');
  const underWay = member.fetch(0);
  member.joined('m-2', [0]);
  if (underWay === undefined) throw new Error('nothing was under way');
  // Before the partition has begun, and after.
  await member.hooks.take(underWay);
  await soon();
  await member.hooks.take(underWay);
  await member.fetchAndTake(0);
  expect(batches.map(valuesOf)).toEqual([['a'], ['a', 'b']]);
});

test('a place that the broker itself has moved is taken when it comes again', async () => {
  const { brokers, source } = await setting();
  const batches = taking(source);
  brokers.write(0, 'a', 'b', 'c');
  const member = brokers.newest();
  member.joined('m-1', [0]);
  await soon();
  brokers.logs.set('t/0', { low: 2, values: ['c'] });
  member.at.set('t/0', 2);
  await member.fetchAndTake(0);
  expect(batches).toEqual([]);
  await member.fetchAndTake(0);
  expect(batches.map(valuesOf)).toEqual([['c']]);
});

test('a topic made anew is said to be so with its first batch, also when that one was dropped', async () => {
  const { brokers, source } = await setting();
  const batches = taking(source);
  brokers.write(0, 'a', 'b');
  const member = brokers.newest();
  member.joined('m-1', [0]);
  await soon();
  await member.fetchAndTake(0);
  brokers.makeAnew();
  brokers.write(0, 'new');
  member.joined('m-2', [0]);
  await soon();
  expect(source.startedOver()).toBe(1);
  const first = member.fetchAndTake(0);
  member.joined('m-3', [0]);
  await first;
  await soon();
  await member.fetchAndTake(0);
  expect(batches.map((batch) => [valuesOf(batch), batch.startsOver])).toEqual([
    [['a', 'b'], []],
    [['new'], ['t/0']],
  ]);
});

test('a member that left for other topics and could not join again tries on, also when they are the old ones', async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const { brokers, source, said } = await setting({ topics: ['t*'], topicRefreshMs: 1000 });
  brokers.existing = ['t', 't2'];
  brokers.before.join = async () => {
    throw new Error('no broker');
  };
  await vi.advanceTimersByTimeAsync(1000);
  expect(brokers.members.map(({ hasLeft }) => hasLeft)).toEqual([true]);
  expect(source.problem()).toBe('kafka at b:9092: no broker');
  brokers.existing = ['t'];
  brokers.before.join = async () => {};
  await vi.advanceTimersByTimeAsync(1000);
  expect(brokers.members.map(({ topics, hasLeft }) => [topics, hasLeft])).toEqual([
    [['t'], true],
    [['t'], false],
  ]);
  expect(source.problem()).toBeUndefined();
  expect(said).toContain('"kafka: reading again"');
  await source.close();
});
