import { createHash } from 'node:crypto';
import type { Alert } from '../../../schemas/alert.ts';
import type { DeadLetter } from '../../../schemas/dead-letter.ts';
import { positionText } from '../../../schemas/position.ts';
import type { ScoreLine } from '../../../schemas/score-line.ts';
import { toWire, type UsageEvent } from '../../../schemas/usage-event.ts';

export type Row = Record<string, unknown>;

/**
 * Newest event time, then resolved over firing, then the number of events, of a campaign that of its
 * members (its events are those of its latest incident), in one UInt64: a pure function of the alert, so
 * that repeats after a crash replace and never go back.
 */
export function alertVersion(alert: Alert): bigint {
  const newestMs = Math.max(alert.lastEventMs, alert.raisedAtMs, alert.resolvedAtMs ?? 0);
  const resolved = alert.state === 'resolved' ? 1n : 0n;
  const grows = alert.kind === 'group' ? alert.members.length : alert.events;
  return (BigInt(newestMs) << 22n) | (resolved << 21n) | BigInt(Math.min(grows, 2 ** 21 - 1));
}

export function alertRow(alert: Alert): Row {
  const { credential, evidence } = alert;
  return {
    id: alert.id,
    version: String(alertVersion(alert)),
    state: alert.state,
    kind: alert.kind,
    simulated: alert.simulated,
    title: alert.title,
    summary: alert.summary,
    severity: alert.severity,
    family: alert.family,
    detectors: alert.detectors,
    credential_id: credential.id,
    credential_type: credential.type,
    credential_name: credential.name ?? '',
    consumer: credential.consumer ?? '',
    owner: credential.owner ?? '',
    gateway: credential.gateway,
    members: alert.members,
    score_bits: alert.scoreBits,
    threshold_bits: alert.thresholdBits,
    trust: alert.trust,
    first_event_at: timeText(alert.firstEventMs),
    last_event_at: timeText(alert.lastEventMs),
    raised_at: timeText(alert.raisedAtMs),
    resolved_at: alert.resolvedAtMs === null ? null : timeText(alert.resolvedAtMs),
    events: alert.events,
    'evidence.detector': evidence.map((e) => e.detector),
    'evidence.family': evidence.map((e) => e.family),
    'evidence.feature': evidence.map((e) => e.feature),
    'evidence.bits': evidence.map((e) => e.bits),
    'evidence.observed': evidence.map((e) => String(e.observed)),
    'evidence.expected': evidence.map((e) => String(e.expected)),
    'evidence.text': evidence.map((e) => e.text),
    attack: alert.attack,
    owasp: alert.owasp,
    alert: JSON.stringify(alert),
  };
}

export function historyRow(alert: Alert): Row {
  return {
    credential_id: alert.credential.id,
    alert_id: alert.id,
    version: String(alertVersion(alert)),
    at: timeText(alert.resolvedAtMs ?? Math.max(alert.lastEventMs, alert.raisedAtMs)),
    state: alert.state,
    severity: alert.severity,
    family: alert.family,
    detectors: alert.detectors,
    score_bits: alert.scoreBits,
    threshold_bits: alert.thresholdBits,
    trust: alert.trust,
    events: alert.events,
    summary: alert.summary,
    simulated: alert.simulated,
  };
}

export function scoreRow(line: ScoreLine): Row {
  return {
    hour: timeText(line.hour).slice(0, 19),
    credential_id: line['credential.id'],
    events: line.events,
    score_bits: line.score_bits,
    threshold_bits: line.threshold_bits,
    families: line.families,
  };
}

export function deadLetterRow(letter: DeadLetter): Row {
  const place = positionText(letter.at);
  return {
    reason: letter.reason,
    id: hashOf([letter.reason, place, letter.detail, letter.excerpt]),
    detail: letter.detail,
    place,
    ingested_at: timeText(letter.ingestTimeMs),
    bytes: letter.bytes,
    excerpt: letter.excerpt,
  };
}

export function eventRow(event: UsageEvent): Row {
  return {
    credential_id: event.credentialId,
    timestamp: timeText(event.timestampMs),
    event_id: event.eventId,
    credential_type: event.credentialType,
    token_id: event.tokenId ?? '',
    consumer_id: event.consumerId ?? '',
    gateway_type: event.gatewayType,
    gateway_name: event.gatewayName ?? '',
    environment: event.environment ?? '',
    client_address: event.clientAddress ?? '',
    client_asn: unsigned(event.clientAsn, 2 ** 32 - 1),
    client_country: event.clientCountry ?? '',
    user_agent: event.userAgent ?? '',
    ja4: event.ja4 ?? '',
    method: event.method ?? '',
    host: event.host ?? '',
    route: event.route ?? '',
    path: event.path ?? '',
    object_id: event.objectId ?? '',
    status: unsigned(event.status, 65_535),
    outcome: event.outcome,
    response_bytes: unsigned(event.responseBytes, Number.MAX_SAFE_INTEGER),
    duration_ms: event.durationMs ?? 0,
    event: JSON.stringify(toWire(event)),
  };
}

const lastTimeMs = Date.UTC(2299, 11, 31);

/** Written out, because ClickHouse reads a short number in a time column as a year. UTC. */
function timeText(ms: number): string {
  return new Date(Math.min(Math.max(ms, 0), lastTimeMs)).toISOString().slice(0, 23).replace('T', ' ');
}

/** A gateway may log any number; one that does not fit its column must not refuse the whole insert. */
function unsigned(value: number | null, max: number): number {
  if (value === null || !(value > 0)) return 0;
  return Math.min(Math.floor(value), max);
}

/** Keeps all events of a credential or none: a story with holes is worth little. */
export function isSampled(credentialId: string, rate: number): boolean {
  if (rate <= 0) return false;
  if (rate >= 1) return true;
  return createHash('sha256').update(credentialId).digest().readUInt32BE(0) < rate * 2 ** 32;
}

export function hashOf(parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
}

/**
 * JSON lines of an insert. A lone surrogate, which a log line can carry, would make ClickHouse
 * refuse the whole block for ever; it becomes U+FFFD. JSON.stringify writes whole pairs as they are,
 * so the escape occurs only for lone ones (or, harmlessly, as text).
 */
export function insertBody(rows: readonly Row[]): string {
  const lines = rows.map((row) => {
    const line = JSON.stringify(row);
    return line.includes('\\ud') ? JSON.stringify(row, wellFormed) : line;
  });
  return `${lines.join('\n')}\n`;
}

function wellFormed(_key: string, value: unknown): unknown {
  return typeof value === 'string' ? value.toWellFormed() : value;
}
