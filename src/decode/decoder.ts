import type { DecodeConfig } from '../../schemas/config/decode.ts';
import type { DeadLetter, DeadLetterReason } from '../../schemas/dead-letter.ts';
import type { UsageEvent } from '../../schemas/usage-event.ts';
import type { RawRecord } from '../sources/source.ts';
import { ClientAddresses } from './client/address.ts';
import { Locations } from './client/location.ts';
import type { Decoded, DecoderFigures, MeasuredDecoder } from './decoded.ts';
import { excerptOf } from './excerpt.ts';
import type { Format } from './format.ts';
import { formats } from './formats/index.ts';
import { nameFormer } from './former-ids.ts';
import { KeyedHash } from './hmac.ts';
import { Tokens } from './jwt.ts';
import { Normaliser } from './normalise.ts';
import { asPairs } from './pairs-line.ts';
import { RouteTemplates } from './route-template.ts';
import { Sweeper } from './sweeper.ts';
import { type JsonObject, takeAsPlain } from './text.ts';
import { unknownLine } from './unknown-line.ts';
import { unwrap } from './unwrap.ts';
import type { Line, UnwrapLimits, Unwrapped } from './unwrapped.ts';

type KeyOption = 'hashKey' | 'hashKeyFile' | 'previousHashKey' | 'previousHashKeyFile';

export interface DecoderOptions extends Omit<DecodeConfig, KeyOption | 'mappings' | 'thread'> {
  readonly hashKey: Uint8Array;
  /** While a rotation lasts, events also carry their ids by this key. */
  readonly formerHashKey?: Uint8Array | null;
  /** Formats the user wrote; tried before all others, in this order. */
  readonly mapped?: readonly Format[];
  /** Records are of the past: their distance from the ingest time says nothing. */
  readonly history?: boolean;
}

type Read =
  | { readonly event: UsageEvent }
  | { readonly reason: DeadLetterReason | null; readonly detail: string };

const noLine: JsonObject = Object.freeze({});
const partitionsKept = 10_000;

/** See Decoder. Throws a one-line Error only here, for an unknown format or an unreadable MMDB file. */
export function createDecoder(options: DecoderOptions): MeasuredDecoder {
  return new GatewayDecoder(options);
}

class GatewayDecoder implements MeasuredDecoder {
  readonly #limits: UnwrapLimits;
  readonly #normaliser: Normaliser;
  readonly #former: Normaliser | null;
  readonly #mapped: readonly Format[];
  readonly #pinned: Format | undefined;
  /** Format of each partition's latest line, of JSON and of text: tried first, since a topic rarely mixes. */
  readonly #latest = { json: new Map<string, Format>(), text: new Map<string, Format>() };
  readonly #byFormat = new Map<string, number>();
  /** Events of the latest format that are not yet among the figures. */
  readonly #counted = { format: '', many: 0 };
  readonly #skippedBy = new Map<string, number>();
  readonly #sweeper: Sweeper;

  constructor(options: DecoderOptions) {
    const addresses = new ClientAddresses(options);
    const locations = new Locations(options);
    const normaliser = (key: Uint8Array) => {
      const hash = new KeyedHash(key);
      const sweeper = new Sweeper(hash);
      const normalised = new Normaliser({
        hash,
        tokens: new Tokens(hash),
        addresses,
        locations,
        routes: new RouteTemplates(),
        zoneMinutes: options.assumeTimezoneMinutes,
        maxAheadMs: options.history === true ? Number.POSITIVE_INFINITY : options.maxAheadMs,
        sweeper,
      });
      return { normalised, sweeper };
    };
    ({ normalised: this.#normaliser, sweeper: this.#sweeper } = normaliser(options.hashKey));
    const { formerHashKey } = options;
    this.#former = formerHashKey ? normaliser(formerHashKey).normalised : null;
    this.#mapped = options.mapped ?? [];
    this.#pinned = formatNamed(options.format, this.#mapped);
    this.#limits = {
      ...options,
      isMapped: (line) => this.#mapped.some(({ shape, matches }) => shape === 'json' && matches(line, '')),
    };
  }

  figures(): DecoderFigures {
    this.#settle();
    return { sweepHits: this.#sweeper.hits, byFormat: this.#byFormat, skippedBy: this.#skippedBy };
  }

  decode(record: RawRecord): Decoded {
    try {
      return this.#decode(record);
    } catch (error) {
      takeAsPlain(false);
      const detail = `decoding failed: ${error instanceof Error ? error.name : 'unknown error'}; please report it`;
      return {
        events: [],
        refused: [this.#letter(record, 'internal-error', detail, excerptOf(record.value))],
        skipped: 0,
      };
    }
  }

  #decode(record: RawRecord): Decoded {
    const unwrapped = unwrap(record.value, this.#limits);
    let excerpt: string | undefined;
    // A record of fifty thousand bad lines is looked at once for all its letters.
    const letter = (reason: DeadLetterReason, detail: string) => {
      excerpt ??= excerptOf(record.value);
      return this.#letter(record, reason, detail, excerpt);
    };
    const refused = unwrapped.refusals.map(({ reason, detail }) => letter(reason, detail));
    const events: UsageEvent[] = [];
    let { skipped } = unwrapped;
    if (skipped > 0) this.#countSkipped('an empty line, or a control message of the transport', skipped);
    for (const line of unwrapped.lines) {
      const result = this.#read(line, record, unwrapped);
      if ('event' in result) events.push(result.event);
      else if (result.reason === null) {
        skipped += 1;
        this.#countSkipped(result.detail, 1);
      } else refused.push(letter(result.reason, result.detail));
    }
    return { events, refused, skipped };
  }

  #read(line: Line, record: RawRecord, { isPlain, isHarmless }: Unwrapped): Read {
    let read = line;
    let format = this.#formatOf(line, record);
    if (line.json === null && format?.shape !== 'text') {
      read = asPairs(line) ?? line;
      if (format === null) format = this.#formatOf(read, record);
    }
    if (format === null) return unknownLine(read, record.value, this.#mapped);
    takeAsPlain(isPlain);
    const event = this.#event(format, read, record, isHarmless);
    takeAsPlain(false);
    return event;
  }

  #event(format: Format, { json, text }: Line, record: RawRecord, isHarmless: boolean): Read {
    const read = format.read(json ?? noLine, text, record.ingestTimeMs);
    if (read.skip !== undefined) return { reason: null, detail: read.skip };
    if (read.refuse !== undefined) return { reason: read.refuse, detail: `${format.id}: ${read.detail}` };
    const again =
      this.#former !== null && read.event !== undefined ? { ...read, event: { ...read.event } } : read;
    const result = this.#normaliser.event(read, format.id, record, isHarmless);
    if (!('event' in result)) return result;
    if (this.#former !== null) {
      const former = this.#former.event(again, format.id, record, isHarmless);
      if ('event' in former) nameFormer(result.event, former.event);
    }
    this.#count(format.id);
    return result;
  }

  #count(format: string): void {
    if (this.#counted.format !== format) {
      this.#settle();
      this.#counted.format = format;
    }
    this.#counted.many += 1;
  }

  #settle(): void {
    const { format, many } = this.#counted;
    if (many > 0) this.#byFormat.set(format, (this.#byFormat.get(format) ?? 0) + many);
    this.#counted.many = 0;
  }

  #countSkipped(why: string, many: number): void {
    this.#skippedBy.set(why, (this.#skippedBy.get(why) ?? 0) + many);
  }

  #formatOf({ json, text }: Line, record: RawRecord): Format | null {
    const pinned = record.format === undefined ? this.#pinned : formatNamed(record.format, this.#mapped);
    if (pinned !== undefined) return pinned;
    const shape = json === null ? 'text' : 'json';
    const line = json ?? noLine;
    // Whoever wrote a mapping knows the line better than any signature, and than the line before.
    for (const mapped of this.#mapped)
      if (mapped.shape === shape && mapped.matches(line, text)) return mapped;
    const known = this.#latest[shape];
    const latest = known.get(record.partition);
    if (latest?.matches(line, text)) return latest;
    const found = formats.find((format) => format.shape === shape && format.matches(line, text)) ?? null;
    if (found !== null && found.isLastResort !== true) {
      if (known.size >= partitionsKept) known.clear();
      known.set(record.partition, found);
    }
    return found;
  }

  #letter(record: RawRecord, reason: DeadLetterReason, detail: string, excerpt: string): DeadLetter {
    return {
      reason,
      detail,
      at: record.at,
      ingestTimeMs: record.ingestTimeMs,
      excerpt,
      bytes: record.value.byteLength,
    };
  }
}

function formatNamed(name: string, mapped: readonly Format[]): Format | undefined {
  if (name === 'auto') return undefined;
  const known = [...mapped, ...formats];
  const found = known.find(({ id }) => id === name);
  if (found === undefined)
    throw new Error(`decode.format is ${name}; known formats: auto, ${known.map(({ id }) => id).join(', ')}`);
  return found;
}
