import type { Logger } from '../logger.ts';
import type { Stage } from './meter.ts';

/** A stage that has not come back for this long is said to hang. */
const stallMs = 60_000;

/** Knows which stage has been at work since when, for the health page. */
export interface Pulse {
  enter(stage: Stage): void;
  leave(stage: Stage): void;
  /** Takes the checkpoint's trouble: logged when it comes, changes or goes. */
  trouble(logger: Pick<Logger, 'error' | 'info'>): (problem: string | undefined) => void;
  problems(): readonly string[];
}

export function pulseOf(clock: () => number): Pulse {
  const since = new Map<Stage, number>();
  let current: string | undefined;
  return {
    enter(stage) {
      if (!since.has(stage)) since.set(stage, clock());
    },
    leave: (stage) => void since.delete(stage),
    trouble: (logger) => (problem) => {
      if (problem === current) return;
      if (problem === undefined) logger.info('checkpoints are saved again');
      else logger.error(problem);
      current = problem;
    },
    problems() {
      const stalled = [...since].flatMap(([stage, startedMs]) => {
        const ms = clock() - startedMs;
        return ms >= stallMs ? [`pipeline: ${stage} has not come back for ${Math.round(ms / 1000)} s`] : [];
      });
      return current === undefined ? stalled : [...stalled, current];
    },
  };
}
