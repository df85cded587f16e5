import { parentPort, workerData } from 'node:worker_threads';
import { detectors } from '../../../detectors/index.ts';
import type { Model } from '../../../schemas/model.ts';
import { type BudgetOutcome, playBudget } from '../../evaluation/budget-run.ts';
import type { WorldOutcome } from '../../evaluation/outcome.ts';
import { type PlayOptions, playWorld } from '../../evaluation/play-world.ts';
import type { WorldOptions } from '../../simulation/world.ts';

/** One world in a thread of its own. */
export type Task =
  | ({ readonly kind: 'world' } & Omit<PlayOptions, 'detectors'>)
  | {
      readonly kind: 'budget';
      readonly world: WorldOptions;
      readonly model: Model;
      readonly budgets: readonly number[];
    };

export type TaskResult =
  | { readonly kind: 'world'; readonly outcome: WorldOutcome }
  | { readonly kind: 'budget'; readonly outcome: BudgetOutcome; readonly seconds: number };

const task = workerData as Task;
const started = performance.now();
const elapsed = () => (performance.now() - started) / 1000;
let result: TaskResult;
if (task.kind === 'world') {
  const outcome = playWorld({ ...task, detectors });
  result = { kind: 'world', outcome: { ...outcome, seconds: elapsed() } };
} else {
  const outcome = playBudget(task.world, detectors, task.model, task.budgets);
  result = { kind: 'budget', outcome, seconds: elapsed() };
}
parentPort?.postMessage(result);
