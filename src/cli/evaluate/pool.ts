import { Worker } from 'node:worker_threads';
import type { Task, TaskResult } from './worker.ts';

/** Plays all tasks on so many threads; results in the order of the tasks. The first failure ends the run. */
export async function playAll(
  tasks: readonly Task[],
  threads: number,
  onDone: (task: Task, result: TaskResult) => void,
): Promise<TaskResult[]> {
  const results: TaskResult[] = [];
  const running = new Set<Worker>();
  let next = 0;
  const runner = async () => {
    while (next < tasks.length) {
      const n = next++;
      const task = tasks[n] as Task;
      const result = await play(task, running);
      results[n] = result;
      onDone(task, result);
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.max(1, Math.min(threads, tasks.length)) }, runner));
  } finally {
    await Promise.all([...running].map((worker) => worker.terminate()));
  }
  return results;
}

function play(task: Task, running: Set<Worker>): Promise<TaskResult> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: task });
    running.add(worker);
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', (code) => {
      running.delete(worker);
      if (code !== 0)
        reject(new Error(`a thread that played seed ${task.world.seed} ended with code ${code}`));
    });
  });
}
