import { Session } from 'node:inspector';

interface CoveredFunction {
  readonly functionName: string;
  readonly ranges: readonly {
    readonly startOffset: number;
    readonly endOffset: number;
    readonly count: number;
  }[];
}

/** Blocks of the code under test that ran since the last look, as the JavaScript engine counts them. */
export class BlockCoverage {
  readonly #session = new Session();
  readonly #part: string;

  /** `part` of a script's address says that it is under test. */
  constructor(part: string) {
    this.#part = part;
    this.#session.connect();
    this.#session.post('Profiler.enable');
    this.#session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  }

  /** Names of the blocks that ran, each with the magnitude of its count; the counters start again. */
  take(): Set<string> {
    const blocks = new Set<string>();
    this.#session.post('Profiler.takePreciseCoverage', (error, answer) => {
      if (error) throw error;
      for (const { url, functions } of answer.result) {
        if (!url.includes(this.#part)) continue;
        for (const { ranges } of functions as readonly CoveredFunction[]) {
          for (const { startOffset, endOffset, count } of ranges)
            if (count > 0) blocks.add(`${url}:${startOffset}-${endOffset}`);
        }
      }
    });
    return blocks;
  }

  close(): void {
    this.#session.disconnect();
  }
}
