import { Worker } from 'node:worker_threads';

/** Runs a module once a task, each in a thread of its own, so many at once. Results in the order of the tasks; the first failure ends all. */
export async function inThreads<Task, Result>(
  module: URL,
  tasks: readonly Task[],
  threads: number,
  onDone: (task: Task, result: Result, done: number) => void,
): Promise<Result[]> {
  const results: Result[] = new Array(tasks.length);
  const running = new Set<Worker>();
  let next = 0;
  let done = 0;
  const run = async () => {
    while (next < tasks.length) {
      const n = next++;
      const task = tasks[n] as Task;
      const result = await once<Result>(new Worker(module, { workerData: task }), running);
      results[n] = result;
      done += 1;
      onDone(task, result, done);
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.min(threads, tasks.length) }, run));
  } finally {
    await Promise.all([...running].map((worker) => worker.terminate()));
  }
  return results;
}

/** The one message of a thread. */
function once<Result>(worker: Worker, running: Set<Worker>): Promise<Result> {
  running.add(worker);
  return new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', (code) => {
      running.delete(worker);
      if (code !== 0) reject(new Error(`a thread ended with code ${code}`));
    });
  });
}
