import type { DeadLetterReason } from '../../schemas/dead-letter.ts';
import { type UsageEvent, type UsageEventField, usageEventFields } from '../../schemas/usage-event.ts';
import type { Decoded } from '../decode/decoded.ts';
import type { Format } from '../decode/format.ts';
import { formats } from '../decode/formats/index.ts';
import { asPairs } from '../decode/pairs-line.ts';
import { unwrap } from '../decode/unwrap.ts';
import type { Line, UnwrapLimits } from '../decode/unwrapped.ts';
import { Coverage } from '../engine/coverage.ts';
import type { Detector } from '../engine/detector.ts';
import type { RawRecord } from '../sources/source.ts';
import { Places } from './proposal/places.ts';
import { type Recognised, recognise } from './recognise.ts';

export interface FormatShare {
  readonly format: Format;
  lines: number;
  readonly keys: readonly string[];
}

const mostLinesOfRecord = 64;

/** Everything a first look at some log lines needs to remember; bounded by the size of the sample. */
export class Sample {
  readonly #limits: UnwrapLimits;
  readonly #coverage: Coverage;
  readonly #detectors: readonly Detector[];
  readonly #formats: readonly Format[];
  readonly #pinned: string | undefined;
  /** Formats the user wrote. */
  readonly mapped: readonly Format[];
  readonly formats = new Map<string, FormatShare>();
  readonly refused = new Map<DeadLetterReason, { count: number; readonly example: string }>();
  readonly credentials = new Map<string, number>();
  readonly found = new Map<string, number>();
  readonly clients = new Map<string, number>();
  readonly rawSecrets = new Map<string, number>();
  readonly secretQueryKeys = new Map<string, number>();
  readonly filled = new Map<UsageEventField, number>();
  readonly first: UsageEvent[] = [];
  /** What stands in lines of JSON or of pairs that no gateway's format knows. */
  readonly homeMade = new Places();
  records = 0;
  /** Records that gave at least one event, or were understood to be of no interest. */
  decoded = 0;
  events = 0;
  skipped = 0;
  forwarded = 0;
  earliestMs = Number.POSITIVE_INFINITY;
  latestMs = 0;

  constructor(
    detectors: readonly Detector[],
    limits: UnwrapLimits,
    pinned?: string,
    mapped: readonly Format[] = [],
  ) {
    this.#detectors = detectors;
    this.#coverage = new Coverage(detectors);
    this.#limits = limits;
    this.mapped = mapped;
    this.#formats = [...mapped, ...formats];
    this.#pinned = pinned;
  }

  add(record: RawRecord, { events, refused, skipped }: Decoded): void {
    this.records += 1;
    if (refused.length === 0) this.decoded += 1;
    this.skipped += skipped;
    for (const { reason, detail } of refused) {
      const known = this.refused.get(reason);
      if (known === undefined) this.refused.set(reason, { count: 1, example: detail });
      else known.count += 1;
    }
    this.#recognise(record);
    for (const event of events) this.#addEvent(event);
  }

  /** By detector: the share of events that carry what it needs, and the needs that are scarce. */
  detectors(): { readonly id: string; readonly share: number; readonly lacks: readonly string[] }[] {
    const shares = this.#coverage.shares();
    return this.#detectors.map(({ id, needs }) => ({
      id,
      share: this.events === 0 ? 0 : (shares.get(id) ?? 0),
      lacks: needs
        .filter((need) => Math.max(...[need].flat().map((field) => this.shareOf(field))) < 0.5)
        .map((need) =>
          [need]
            .flat()
            .map((field) => usageEventFields[field].wire)
            .join(' or '),
        ),
    }));
  }

  shareOf(field: UsageEventField): number {
    return this.events === 0 ? 0 : (this.filled.get(field) ?? 0) / this.events;
  }

  #recognise(record: RawRecord): void {
    const [line, ...more] = unwrap(record.value, this.#limits).lines;
    if (line === undefined) return;
    const recognised = this.#look(line);
    for (const one of more.slice(0, mostLinesOfRecord - 1)) this.#look(one);
    if (recognised === null) return;
    const { format, keys, rawSecrets, hasForwardedFor } = recognised;
    const known = this.formats.get(format.id);
    if (known === undefined) this.formats.set(format.id, { format, lines: 1, keys });
    else known.lines += 1;
    for (const where of rawSecrets) count(this.rawSecrets, where);
    if (hasForwardedFor) this.forwarded += 1;
  }

  #look(line: Line): Recognised | null {
    const recognised = recognise(line, this.#pinned, this.#formats);
    const pairs = recognised === null ? asPairs(line) : null;
    if (pairs !== null) return this.#look(pairs);
    if (line.json !== null && (recognised === null || recognised.format.isLastResort === true))
      this.homeMade.add(line.json);
    return recognised;
  }

  #addEvent(event: UsageEvent): void {
    this.events += 1;
    this.#coverage.observe(event);
    if (this.first.length < 3) this.first.push(event);
    for (const field of Object.keys(usageEventFields) as UsageEventField[]) {
      const value = event[field];
      if (value !== null && value !== '' && value !== false && !(Array.isArray(value) && value.length === 0))
        count(this.filled, field);
    }
    count(this.credentials, event.credentialId);
    count(this.found, `${event.credentialType} ${event.credentialSource}`);
    if (event.clientAddress !== null) count(this.clients, event.clientAddress);
    for (const name of event.secretQueryKeys) count(this.secretQueryKeys, name);
    this.earliestMs = Math.min(this.earliestMs, event.timestampMs);
    this.latestMs = Math.max(this.latestMs, event.timestampMs);
  }
}

function count<K>(counts: Map<K, number>, key: K): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
