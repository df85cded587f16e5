/** Numbers of one sink for the metrics page; counters only grow. */
export interface SinkFigures {
  /** What waits: rows or deliveries. */
  readonly waiting: number;
  readonly retries: number;
  readonly failures: number;
}
