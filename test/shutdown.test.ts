import { EventEmitter } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { stopOnSignals } from '../src/shutdown.ts';

function watched(deadlineMs: number) {
  const process = new EventEmitter();
  const log: string[] = [];
  const stop = stopOnSignals(process, {
    deadlineMs,
    onStop: (signal) => void log.push(`stop ${signal}`),
    onGiveUp: (why) => void log.push(`give up: ${why}`),
  });
  return { process, log, stop };
}

it('stopOnSignals() asks for a stop on the first signal and gives up on the second', () => {
  const { process, log, stop } = watched(60_000);
  process.emit('SIGTERM');
  expect(stop.signal.aborted).toBe(true);
  process.emit('SIGINT');
  expect(log).toEqual(['stop SIGTERM', 'give up: second SIGINT']);
  stop[Symbol.dispose]();
});

it('stopOnSignals() gives up at the deadline', async () => {
  const { log, stop } = watched(5);
  stop.request('end of input');
  await sleep(30);
  expect(log).toEqual([
    'stop end of input',
    'give up: not finished 5 ms after end of input (shutdown.deadlineMs)',
  ]);
});

it('stopOnSignals() is silent when it finished in time, and leaves no handler behind', async () => {
  const { process, log, stop } = watched(5);
  process.emit('SIGINT');
  stop[Symbol.dispose]();
  await sleep(20);
  expect(log).toEqual(['stop SIGINT']);
  expect(process.listenerCount('SIGINT')).toBe(0);
});
