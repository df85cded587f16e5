import { EventEmitter } from 'node:events';
import type { Consumer, ConsumerConfig, Kafka } from 'kafkajs';
import { expect, test } from 'vitest';
import { kafkaSource as schema } from '../../../schemas/config/source.ts';
import { Assignment } from '../../../src/sources/kafka/assignment.ts';
import { groupMember } from '../../../src/sources/kafka/group-member.ts';

/** The client's consumer as far as a member uses it: it pauses nothing while it is in no group. */
async function setting() {
  const emitter = new EventEmitter();
  const paused: unknown[] = [];
  const assignment = new Assignment();
  const problems: (string | undefined)[] = [];
  let isRunning = true;
  let made: ConsumerConfig | undefined;
  let restart: (error: Error) => Promise<boolean> = async () => true;
  const consumer: Partial<Consumer> = {
    events: {
      STOP: 'stop',
      CRASH: 'crash',
      FETCH: 'fetch',
      GROUP_JOIN: 'join',
    } as unknown as Consumer['events'],
    on: ((name: string, listener: () => void) => {
      emitter.on(name, listener);
    }) as unknown as Consumer['on'],
    async connect() {},
    async subscribe() {},
    async run() {},
    async disconnect() {},
    pause(topics) {
      if (!isRunning) throw new Error('Consumer group was not initialized');
      paused.push(topics);
    },
  };
  const kafka: Pick<Kafka, 'consumer'> = {
    consumer(config?: ConsumerConfig) {
      made = config;
      restart = config?.retry?.restartOnFailure ?? restart;
      return consumer as Consumer;
    },
  };
  const member = await groupMember(kafka, schema.parse({ brokers: ['b:9092'], topics: ['t'] }), ['t'], {
    async take() {},
    joined: (_, memberId, assigned) => void assignment.join(memberId, assigned),
    left: () => assignment.leave(),
    ended() {},
    onProblem: (text) => void problems.push(text),
  });
  const joins = () => emitter.emit('join', { payload: { memberId: 'm-1', memberAssignment: { t: [0] } } });
  const crashes = async () => {
    isRunning = false;
    emitter.emit('stop');
    return await restart(Object.assign(new Error('Closed connection'), { retriable: true }));
  };
  return { member, assignment, paused, problems, joins, crashes, made: () => made };
}

test('a member pauses while it is in the group, and has nothing to pause between a crash and the restart', async () => {
  const { member, assignment, paused, joins, crashes } = await setting();
  joins();
  const tenures = assignment.all();
  member.pause(tenures);
  expect(paused).toEqual([[{ topic: 't', partitions: [0] }]]);
  expect(await crashes()).toBe(true);
  member.pause(tenures);
  expect(paused).toHaveLength(1);
});

test('a member that was told to leave does not come back after a crash', async () => {
  const { member, assignment, problems, joins, crashes } = await setting();
  joins();
  await member.leave();
  expect(await crashes()).toBe(false);
  joins();
  expect(assignment.all()).toEqual([]);
  expect(problems).toEqual([]);
});

test('a member looks for added partitions as often as for topics', async () => {
  const { made } = await setting();
  expect(made()?.metadataMaxAge).toBe(60_000);
});
