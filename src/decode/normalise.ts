import type { DeadLetterReason } from '../../schemas/dead-letter.ts';
import { emptyUsageEvent, type UsageEvent } from '../../schemas/usage-event.ts';
import type { RawRecord } from '../sources/source.ts';
import type { Address, ClientAddresses } from './client/address.ts';
import type { Locations } from './client/location.ts';
import { resolveCredential } from './credential.ts';
import { fingerprintOf } from './event-fingerprint.ts';
import type { Reading } from './format.ts';
import type { KeyedHash } from './hmac.ts';
import type { Tokens } from './jwt.ts';
import { answersGraphql, Operations } from './operations.ts';
import type { RouteTemplates } from './route-template.ts';
import type { Sweeper } from './sweeper.ts';
import { epochMs } from './time.ts';
import { readTarget, type Target } from './url.ts';

export interface NormaliserParts {
  readonly hash: KeyedHash;
  readonly tokens: Tokens;
  readonly addresses: ClientAddresses;
  readonly locations: Locations;
  readonly routes: RouteTemplates;
  readonly zoneMinutes: number;
  readonly maxAheadMs: number;
  readonly sweeper: Sweeper;
}

type Result = { readonly event: UsageEvent } | { readonly reason: DeadLetterReason; readonly detail: string };

const year2000Ms = 946_684_800_000;
const suspectBehindMs = 7 * 86_400_000;
const suspectAheadMs = 60_000;

/** A blanked word or a placeholder may be longer than what stood there. */
const longestPath = 1024;
const longestRoute = 512;
/** Digits of an id that a number holds exactly. */
const longestNumber = 15;
const digits = /^\d+$/;

/** Reading → event: time, client, route, credential; after this step no secret is left, and the reading's event is used up. */
export class Normaliser {
  readonly #parts: NormaliserParts;
  readonly #operations = new Operations();

  constructor(parts: NormaliserParts) {
    this.#parts = parts;
  }

  /** `isHarmless`: nothing in the record looks like a secret, nor is anything in it escaped. */
  event(reading: Reading, format: string, record: RawRecord, isHarmless: boolean): Result {
    this.#parts.sweeper.takeAsHarmless(isHarmless);
    const event = reading.event ?? emptyUsageEvent();
    if (reading.plain !== undefined) take(event, reading.plain);
    const late = this.#time(event, reading, record);
    if (late !== null) return late;
    if (event.gatewayType === '') event.gatewayType = format;
    event.observedTimestampMs ??= record.ingestTimeMs;
    event.status = reading.status ?? event.status;
    event.durationMs =
      reading.durationMs === undefined || reading.durationMs === null || reading.durationMs < 0
        ? event.durationMs
        : reading.durationMs;
    event.userAgent = this.#parts.sweeper.agent(reading.userAgent ?? null);
    event.method = methodOf(this.#parts.sweeper.text(reading.method ?? event.method));
    if (event.outcome === 'unknown' && event.status !== null) {
      event.outcome = event.status >= 200 && event.status < 400 ? 'success' : 'failure';
    }
    const address = this.#client(event, reading);
    const target = this.#target(event, reading, isHarmless);
    event.certSha256 = event.certSha256?.toLowerCase().replaceAll(':', '') ?? null;
    if (event.mcpSessionId !== null && format !== 'canonical')
      event.mcpSessionId = this.#parts.hash.hash('session', event.mcpSessionId);
    if (event.credentialId === '') {
      const { hash, tokens } = this.#parts;
      resolveCredential({ reading, target, event, address, hash, tokens });
    } else if (reading.event === undefined && reading.plain?.credentialSource === undefined) {
      event.credentialSource = 'gateway_id';
    }
    this.#parts.sweeper.event(event);
    this.#location(event, address);
    keepNumbers(event);
    if (event.eventId === '') event.eventId = event.httpRequestId ?? fingerprintOf(event);
    return { event };
  }

  #time(event: UsageEvent, reading: Reading, record: RawRecord): Result | null {
    const logged = epochMs(reading.time, this.#parts.zoneMinutes);
    if (Number.isNaN(logged))
      return {
        reason: 'time-invalid',
        detail: 'no time could be read; epoch numbers, ISO 8601 and common log times are',
      };
    if (logged < year2000Ms)
      return {
        reason: 'time-too-old',
        detail: `the time lies before the year 2000 (${logged} ms); the gateway's clock or its format is wrong`,
      };
    if (logged > record.ingestTimeMs + this.#parts.maxAheadMs) {
      return {
        reason: 'time-in-future',
        detail: `the time lies ${Math.round((logged - record.ingestTimeMs) / 1000)} s after it was received; check the gateway's clock and decode.assumeTimezoneMinutes`,
      };
    }
    event.timestampMs =
      reading.timeIsEnd === true ? Math.max(0, Math.round(logged - (reading.durationMs ?? 0))) : logged;
    const behind = record.ingestTimeMs - logged;
    event.timeSuspect =
      Number.isFinite(this.#parts.maxAheadMs) && (behind > suspectBehindMs || behind < -suspectAheadMs);
    return null;
  }

  #client(event: UsageEvent, reading: Reading): Address | null {
    const { addresses } = this.#parts;
    const client = addresses.of(
      reading.peer ?? event.peerAddress,
      reading.client ?? null,
      reading.forwardedFor ?? null,
    );
    event.clientAddress = client.address;
    event.clientAddressSource ??= client.source;
    event.peerAddress = client.peer;
    return client.known;
  }

  /** After the sweep: names of networks come from our own data, and some are `Basic …`. */
  #location(event: UsageEvent, address: Address | null): void {
    if (event.clientAsn !== null && event.clientCountry !== null) return;
    const location = this.#parts.locations.of(address);
    event.clientAsn ??= location.asn;
    event.clientAsName ??= location.asName;
    event.clientCountry ??= location.country;
  }

  #target(event: UsageEvent, reading: Reading, isHarmless: boolean): Target | null {
    const { routes, hash, sweeper } = this.#parts;
    const target =
      reading.target === undefined || reading.target === null
        ? null
        : readTarget(reading.target, hash, isHarmless);
    if (target !== null) {
      const { path, query } = target;
      const templated = routes.of(cut(sweeper.text(path), longestPath), event.method);
      event.path = cut(templated.path, longestPath);
      if (query.keys.length > 0) event.queryKeys = query.keys;
      if (query.secretKeys.length > 0) event.secretQueryKeys = query.secretKeys;
      event.pageNumber ??= query.pageNumber;
      event.pageCursor ??= query.pageCursor;
      if (event.objectId === null && templated.objectId !== null) {
        event.objectId = this.#objectId(templated.objectId, templated.path);
        event.objectNumber ??= templated.objectNumber;
      }
      if (!reading.route) {
        event.route = cut(templated.route, longestRoute);
        event.routeSource = 'inferred';
      }
    }
    event.objectNumber ??= numberOf(event.objectId);
    if (reading.route) {
      const isBare = reading.route.startsWith('/') && event.method !== null;
      const route = isBare ? `${event.method} ${reading.route}` : reading.route;
      event.route = cut(sweeper.joined(route), longestRoute);
      event.routeSource ??= 'gateway';
    }
    const name = reading.operation ?? target?.query.operation ?? null;
    if (name !== null && event.route !== null) {
      const isLogged = (reading.operation ?? null) !== null;
      const operation =
        isLogged || answersGraphql(target?.path ?? '') ? this.#operations.of(event.route, name) : null;
      if (operation !== null) event.route = cut(`${event.route} ${operation}`, longestRoute);
    }
    return target;
  }

  /** An id that was masked in the path may be a secret: only its hash stays. */
  #objectId(id: string, path: string): string {
    return id.length >= 20 && path.includes('{')
      ? `hmac:${this.#parts.hash.hash('object', id)}`
      : this.#parts.sweeper.text(id.slice(0, 256));
  }
}

/** Most fields of most readings are null, as they are in an empty event: only the others cost a write. */
function take(event: UsageEvent, plain: Partial<UsageEvent>): void {
  const to = event as Record<string, unknown>;
  for (const field in plain) {
    const value = plain[field as keyof UsageEvent];
    if (value !== null && value !== undefined) to[field] = value;
  }
}

/** An id of a few digits is a number, as in a path: ids that follow one another tell a sweep. */
function numberOf(id: string | null): number | null {
  return id !== null && id.length <= longestNumber && digits.test(id) ? Number(id) : null;
}

/** Units multiply beyond what a number holds, and logs hold half tokens: such values say nothing. */
function keepNumbers(event: UsageEvent): void {
  event.durationMs = amountOrNull(event.durationMs);
  event.upstreamDurationMs = amountOrNull(event.upstreamDurationMs);
  event.requestBytes = amountOrNull(event.requestBytes);
  event.responseBytes = amountOrNull(event.responseBytes);
  event.genAiCostUsd = Number.isFinite(event.genAiCostUsd) ? event.genAiCostUsd : null;
  event.objectNumber = Number.isFinite(event.objectNumber) ? event.objectNumber : null;
  event.pageNumber = Number.isFinite(event.pageNumber) ? event.pageNumber : null;
  event.clientAsn = wholeOrNull(event.clientAsn);
  event.status = wholeOrNull(event.status);
  event.genAiInputTokens = wholeOrNull(event.genAiInputTokens);
  event.genAiOutputTokens = wholeOrNull(event.genAiOutputTokens);
  event.observedTimestampMs = timeOrNull(event.observedTimestampMs);
  event.tokenIssuedAtMs = timeOrNull(event.tokenIssuedAtMs);
  event.tokenExpiresAtMs = timeOrNull(event.tokenExpiresAtMs);
  event.timestampMs = timeOrNull(event.timestampMs) ?? 0;
  if (!(event.sampleRate > 0 && event.sampleRate <= 1)) event.sampleRate = 1;
}

function amountOrNull(value: number | null): number | null {
  return value !== null && value >= 0 && value < Number.POSITIVE_INFINITY ? value : null;
}

function wholeOrNull(value: number | null): number | null {
  return Number.isSafeInteger(value) ? value : null;
}

function timeOrNull(ms: number | null): number | null {
  return ms !== null && ms >= 0 && ms <= Number.MAX_SAFE_INTEGER ? Math.round(ms) : null;
}

function cut(text: string, longest: number): string {
  return text.length <= longest ? text : text.slice(0, longest);
}

/** A token of RFC 9110: what else stands there is no method, and would be read as part of the route. */
const token = /^[!#$%&'*+.^_`|~0-9A-Z-]+$/;

/** One text for each of them: tables find what they have seen before faster than what was cut out of a line. */
const usualMethods = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS'];

function methodOf(method: string | null): string | null {
  if (method === null) return null;
  const known = usualMethods.find((usual) => usual === method);
  if (known !== undefined) return known;
  const upper = method.toUpperCase();
  return token.test(upper) ? upper : null;
}
