import { dayMs } from '../stats/durations.ts';

const rateHalfLifeMs = 3 * dayMs;
const mostUpBits = 8;
const mostDownBits = 12;
/** Before a day of traffic was seen, what was seen is taken for a day's. */
const leastDays = 1;
const leastPerThousand = 0.05;

/** While a stream is this young, its number of credentials is taken as it comes. */
const settlingMs = 2 * dayMs;
/** After that the number may double in a day: who mints keys by the thousand must not raise the threshold with them. */
const doublingMs = dayMs;

/** Of a longer gap in the log, what counts as time that was seen: a quiet night and day of a small fleet, not an outage. */
const longestPauseMs = dayMs;

/** Score above which this many of 1,000 clean credential-days lie, by the model's calibration. */
export type StartBits = (perThousand: number) => number;

/**
 * One knob: N behavioural alerts a day. The threshold starts where the model's calibration says that
 * this many of the credentials in use score, then an integrator holds the long-run rate at N under any
 * drift (Gibbs & Candès 2021): every unrelated incident raises it by η, the passing of event time lowers
 * it by η·N a day. In T days it is off by at most (τ_T − τ_0)/(η·T) alerts a day, assumption-free.
 */
export class Budget {
  #perDay: number;
  #offsetBits = 0;
  #baseBits: number;
  #lastMs = 0;
  #seenMs = 0;
  #delivered = 0;
  #deliveredRate = 0;
  #credentialDays = 0;
  /** Credentials a day that the threshold believes in. */
  #believed = 0;
  /** Those for which the base was looked up last. */
  #basedOn = 0;
  #incidents = 0;
  readonly #stepBits: number;
  readonly #start: StartBits;

  constructor(perDay: number, start: StartBits, stepBits: number) {
    this.#perDay = perDay;
    this.#start = start;
    this.#baseBits = start(1000 * perDay);
    this.#stepBits = stepBits;
  }

  get perDay(): number {
    return this.#perDay;
  }

  /** Another number of alerts a day, from now on: the start moves at once, what was learnt about drift stays. */
  set perDay(perDay: number) {
    this.#perDay = perDay;
    this.#rebase();
  }

  get thresholdBits(): number {
    return this.#baseBits + this.#offsetBits;
  }

  /** Event time since the first event, without gaps in the log. */
  get ageMs(): number {
    return this.#seenMs;
  }

  /** Behavioural incidents a day, over the last days. */
  get deliveredPerDay(): number {
    return this.#deliveredRate;
  }

  get incidents(): number {
    return this.#incidents;
  }

  /** Event time goes on; only forward. A gap in the log is not quiet time: it lowers the threshold by an hour's worth at most. */
  advance(timeMs: number): void {
    if (this.#lastMs === 0) {
      this.#lastMs = timeMs;
      return;
    }
    if (timeMs <= this.#lastMs) return;
    // Who was in use before a gap is so after it: the number of credentials does not start from nothing.
    const elapsedMs = Math.min(timeMs - this.#lastMs, longestPauseMs);
    this.#lastMs = timeMs;
    this.#seenMs += elapsedMs;
    const days = this.#days();
    this.#believe(elapsedMs, days);
    this.#move(-(this.#stepBits * this.#perDay * Math.min(elapsedMs, 3_600_000)) / dayMs);
    const fade = 2 ** (-elapsedMs / rateHalfLifeMs);
    this.#delivered *= fade;
    this.#credentialDays *= fade;
    this.#deliveredRate = days > 0 ? this.#delivered / days : 0;
  }

  /** A credential was used for the first time in a day, and was not refused. */
  meet(): void {
    this.#credentialDays += 1;
    this.#believe(0, this.#days());
  }

  #believe(elapsedMs: number, days: number): void {
    const perDay = this.#credentialDays / Math.max(leastDays, days);
    const most =
      this.ageMs < settlingMs
        ? Number.POSITIVE_INFINITY
        : Math.max(1, this.#believed) * 2 ** (elapsedMs / doublingMs);
    this.#believed = Math.min(perDay, most);
    if (Math.abs(this.#believed - this.#basedOn) > 0.01 * this.#basedOn) this.#rebase();
  }

  #rebase(): void {
    this.#basedOn = this.#believed;
    this.#baseBits = this.#start((1000 * this.#perDay) / Math.max(1, this.#believed));
  }

  /** An unrelated behavioural incident was raised. */
  spend(): void {
    this.#move(this.#stepBits);
    this.#delivered += 1;
    this.#incidents += 1;
  }

  /** Days that the fading counts stand for. */
  #days(): number {
    return (rateHalfLifeMs / Math.LN2 / dayMs) * (1 - 2 ** (-this.#seenMs / rateHalfLifeMs));
  }

  /** A week of true attacks must not leave it deaf, nor a quiet month trigger-happy at once. */
  #move(bits: number): void {
    this.#offsetBits = Math.max(-mostDownBits, Math.min(mostUpBits, this.#offsetBits + bits));
  }

  toJson(): Record<string, number> {
    return {
      offsetBits: this.#offsetBits,
      baseBits: this.#baseBits,
      lastMs: this.#lastMs,
      seenMs: this.#seenMs,
      delivered: this.#delivered,
      credentialDays: this.#credentialDays,
      believed: this.#believed,
      basedOn: this.#basedOn,
      incidents: this.#incidents,
    };
  }

  fromJson(stored: Readonly<Record<string, number>>): void {
    this.#offsetBits = stored['offsetBits'] ?? 0;
    this.#baseBits = stored['baseBits'] ?? this.#baseBits;
    this.#lastMs = stored['lastMs'] ?? 0;
    // What was stored before gaps were left out has the time of its first event.
    this.#seenMs = stored['seenMs'] ?? this.#lastMs - (stored['startedMs'] ?? 0);
    this.#delivered = stored['delivered'] ?? 0;
    this.#credentialDays = stored['credentialDays'] ?? 0;
    this.#incidents = stored['incidents'] ?? 0;
    this.#believed = stored['believed'] ?? 0;
    this.#basedOn = stored['basedOn'] ?? this.#believed;
  }
}

/** The calibration's points joined by straight lines over the logarithm of the rate; the first goes on below, for large fleets, to one in twenty thousand: beyond that the drift's integrator knows better. */
export function startBits(
  rates: readonly { readonly perThousand: number; readonly bits: number }[],
  otherwise: number,
): StartBits {
  const points = [...rates].sort((a, b) => a.perThousand - b.perThousand);
  return (asked) => {
    const perThousand = Math.max(leastPerThousand, asked);
    const above = points.findIndex((point) => point.perThousand >= perThousand);
    if (above < 0) return points.at(-1)?.bits ?? otherwise;
    const low = points[Math.max(0, above - 1)];
    const high = points[Math.max(1, above)];
    if (low === undefined || high === undefined) return low?.bits ?? otherwise;
    const share = Math.log(perThousand / low.perThousand) / Math.log(high.perThousand / low.perThousand);
    return low.bits + share * (high.bits - low.bits);
  };
}
