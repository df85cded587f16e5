const dayMs = 86_400_000;
const rateHalfLifeMs = 3 * dayMs;
const mostUpBits = 8;
const mostDownBits = 16;

/**
 * One knob: N behavioural alerts a day. The threshold starts where the model's calibration says that
 * this many credential-days score, then an integrator holds the long-run rate at N under any drift
 * (Gibbs & Candès 2021): every unrelated incident raises it by η, the passing of event time lowers it
 * by η·N a day. In T days it is off by at most (τ_T − τ_0)/(η·T) alerts a day, assumption-free.
 */
export class Budget {
  perDay: number;
  #thresholdBits: number;
  #lastMs = 0;
  #startedMs = 0;
  #delivered = 0;
  #deliveredRate = 0;
  #incidents = 0;
  readonly #stepBits: number;
  readonly #startBits: number;

  constructor(perDay: number, startBits: number, stepBits: number) {
    this.perDay = perDay;
    this.#thresholdBits = startBits;
    this.#startBits = startBits;
    this.#stepBits = stepBits;
  }

  get thresholdBits(): number {
    return this.#thresholdBits;
  }

  /** Event time since the first event. */
  get ageMs(): number {
    return this.#lastMs - this.#startedMs;
  }

  /** Behavioural incidents a day, over the last days. */
  get deliveredPerDay(): number {
    return this.#deliveredRate;
  }

  get incidents(): number {
    return this.#incidents;
  }

  /** Event time goes on; only forward, and never by more than an hour at once (a gap in the log is not quiet time). */
  advance(timeMs: number): void {
    if (this.#lastMs === 0) {
      this.#lastMs = timeMs;
      this.#startedMs = timeMs;
      return;
    }
    const elapsedMs = timeMs - this.#lastMs;
    if (elapsedMs <= 0) return;
    this.#lastMs = timeMs;
    this.#move(-(this.#stepBits * this.perDay * Math.min(elapsedMs, 3_600_000)) / dayMs);
    this.#delivered *= 2 ** (-elapsedMs / rateHalfLifeMs);
    const seenMs = timeMs - this.#startedMs;
    const weightDays = (rateHalfLifeMs / Math.LN2 / dayMs) * (1 - 2 ** (-seenMs / rateHalfLifeMs));
    this.#deliveredRate = weightDays > 0 ? this.#delivered / weightDays : 0;
  }

  /** An unrelated behavioural incident was raised. */
  spend(): void {
    this.#move(this.#stepBits);
    this.#delivered += 1;
    this.#incidents += 1;
  }

  /** A week of true attacks must not leave it deaf, nor a quiet month trigger-happy at once. */
  #move(bits: number): void {
    const moved = this.#thresholdBits + bits;
    this.#thresholdBits = Math.max(
      this.#startBits - mostDownBits,
      Math.min(this.#startBits + mostUpBits, moved),
    );
  }

  toJson(): Record<string, number> {
    return {
      thresholdBits: this.#thresholdBits,
      lastMs: this.#lastMs,
      startedMs: this.#startedMs,
      delivered: this.#delivered,
      incidents: this.#incidents,
    };
  }

  fromJson(stored: Readonly<Record<string, number>>): void {
    this.#thresholdBits = stored['thresholdBits'] ?? this.#thresholdBits;
    this.#lastMs = stored['lastMs'] ?? 0;
    this.#startedMs = stored['startedMs'] ?? 0;
    this.#delivered = stored['delivered'] ?? 0;
    this.#incidents = stored['incidents'] ?? 0;
  }
}
