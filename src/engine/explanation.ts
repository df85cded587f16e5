import {
  type Alert,
  alertSchemaVersion,
  type Evidence,
  type Family,
  type Severity,
} from '../../schemas/alert.ts';
import { toWire, type UsageEvent } from '../../schemas/usage-event.ts';
import type { CredentialMemory } from './credential-memory.ts';
import type { Detector } from './detector.ts';
import { firstNamed } from './first-named.ts';
import type { Frequency } from './frequency.ts';
import type { Incident } from './incidents.ts';
import { ofOne, quantity } from './numbers.ts';
import type { Dimension } from './observe-values.ts';
import type { RecentEvent } from './recent-events.ts';
import type { Contribution } from './scorer.ts';
import type { Sight } from './seen.ts';
import { worst } from './severity.ts';
import type { SharedMemory } from './shared-memory.ts';
import { trust } from './trust.ts';
import { knownValues, type ValueSlots } from './value-slots.ts';

const mostEvidence = 8;

const learningHours = 24;

/** Evidence of one feature in words; `null` when it does not carry the score. */
export function evidenceOf(
  { column, bits, residual, observed, expected }: Contribution,
  frequency: Frequency | null,
): Evidence | null {
  if (bits < 0.3 && residual < 4) return null;
  const { detector, spec } = column;
  const shown = quantity(observed, spec.unit);
  const usual = quantity(expected, spec.unit);
  const sentence = ofOne(spec.text(shown, usual));
  return {
    detector: detector.id,
    family: detector.family,
    kind: 'behavioural',
    feature: spec.name,
    bits: round(Math.max(0, bits)),
    observed: round(observed),
    expected: round(expected),
    text: frequency === null || frequency.name === '' ? sentence : `${sentence} (${frequency.name})`,
    credentialFrequency: frequency?.credential ?? null,
    peerFrequency: frequency?.peers ?? null,
  };
}

/** What the credential was and is, read from the record under the cursor. */
export function portrait(
  memory: CredentialMemory,
  shared: SharedMemory,
  requestsPerHour: number,
): Pick<Alert, 'usual' | 'now'> {
  const { identity, dimensions, seen } = memory;
  const hour = identity.hour;
  const isFresh = (firstS: number) => firstS > identity.firstS && identity.lastS - firstS < 86_400;
  const name = (hash: number) => shared.names.of(hash);
  const known = (slots: ValueSlots) => knownValues(slots).filter(({ hash }) => shared.names.has(hash));
  const usual = (slots: ValueSlots) =>
    known(slots)
      .filter((v) => !isFresh(v.firstS) && v.hours >= 0.5)
      .slice(0, 4)
      .map((v) => name(v.hash));
  /** What the hour has shown so far and the event in hand, which is not learnt yet: what is new first, then what is used most. */
  const now = ({ slots }: Dimension, sight: Sight, isNew?: (hash: number) => boolean): string[] => {
    const shown = known(slots)
      .filter((v) => v.lastHour === hour)
      .map((v) => ({ hash: v.hash, isNew: isNew?.(v.hash) ?? isFresh(v.firstS) }));
    if (shared.names.has(sight.hash) && !shown.some(({ hash }) => hash === sight.hash))
      shown.unshift({ hash: sight.hash, isNew: isNew?.(sight.hash) ?? (sight.unseen || sight.fresh) });
    return shown
      .sort((a, b) => Number(b.isNew) - Number(a.isNew))
      .slice(0, 5)
      .map((v) => (v.isNew ? `${name(v.hash)} (new)` : name(v.hash)));
  };
  const active = identity.activeHours;
  return {
    usual: {
      networks: [...usual(dimensions.places.slots), ...usual(dimensions.networks.slots)].slice(0, 6),
      clients: usual(dimensions.clients.slots),
      operations: usual(dimensions.routes.slots),
      hours: usualHours((bin) => identity.weekHours.get(bin)),
      requestsPerHour: round(requestsPerHour),
      learning:
        active < learningHours
          ? `learning: ${Math.floor(active)} of ${learningHours} active hours`
          : `learnt from ${Math.floor(active)} active hours`,
    },
    now: {
      networks: [...now(dimensions.places, seen.place), ...now(dimensions.networks, seen.network)].slice(
        0,
        6,
      ),
      clients: now(dimensions.clients, seen.client),
      operations: now(dimensions.routes, seen.route, (hash) => memory.isNewOperation(hash)),
    },
  };
}

/** Busy hours of working days and of weekends in UTC, as ranges. */
function usualHours(weight: (bin: number) => number): string {
  const ranges = (base: number): string => {
    let total = 0;
    for (let h = 0; h < 24; h += 1) total += weight(base + h);
    if (total === 0) return 'none';
    const busy = Array.from({ length: 24 }, (_, h) => weight(base + h) > total / 100);
    if (busy.every(Boolean)) return 'around the clock';
    const parts: string[] = [];
    for (let h = 0; h < 24; h += 1) {
      if (!busy[h] || (h > 0 && busy[h - 1])) continue;
      let end = h;
      while (end < 23 && busy[end + 1]) end += 1;
      parts.push(`${pad(h)}–${pad(end + 1)}`);
    }
    return parts.join(', ');
  };
  return `working days ${ranges(0)}; weekends ${ranges(24)} (UTC)`;
}

export interface Telling {
  readonly incident: Incident;
  readonly detectors: ReadonlyMap<string, Detector>;
  readonly owner: string | null;
  readonly simulated: boolean;
  readonly runbookBase: string;
}

/** The whole alert. Pure: the same incident gives the same bytes. */
export function alertOf(telling: Telling): Alert {
  const { incident, detectors } = telling;
  const { last, picture } = incident;
  const family = firstNamed(
    Object.entries(incident.families).map(([name, bits]) => ({ family: name as Family, bits })),
    incident.violations.values(),
  );
  const evidence = [...incident.violations.values()].map(({ count, severity: _, ...rest }) => ({
    ...rest,
    // The text is of the latest: others may have come from elsewhere or asked for something else.
    text: count > 1 ? `${unstopped(rest.text)} (the last of ${count} such calls)` : unstopped(rest.text),
  }));
  const behaviour = [...incident.behaviour.values()].sort((a, b) => b.bits - a.bits);
  const shown = [...evidence, ...behaviour].slice(0, mostEvidence);
  const ids = [...new Set(shown.map((e) => e.detector))];
  const described = ids.flatMap((id) => detectors.get(id) ?? []);
  const lead = described.find((d) => d.family === family) ?? described[0];
  const who = last.credentialName ?? last.credentialId;
  return {
    version: alertSchemaVersion,
    id: incident.id,
    state: incident.resolvedMs === null ? 'firing' : 'resolved',
    kind: incident.kind,
    simulated: telling.simulated,
    title: `${family === 'lifecycle' && incident.violations.size === 0 ? shared : titleOf[family]}: ${who}`,
    summary: summaryOf(
      shown.map((e) => e.text),
      incident,
    ),
    severity: incident.severity,
    family,
    detectors: ids,
    credential: credentialOf(last, telling.owner),
    members: [],
    campaign: incident.campaign,
    scoreBits: round(incident.peakBits),
    thresholdBits: round(incident.thresholdBits),
    trust: trust(
      incident.behaviour.size > 0 ? incident.peakBits : Number.NEGATIVE_INFINITY,
      incident.thresholdBits,
      violationOf(incident),
    ),
    firstEventMs: incident.firstEventMs,
    lastEventMs: incident.lastEventMs,
    raisedAtMs: incident.openedMs,
    resolvedAtMs: incident.resolvedMs,
    events: incident.events,
    evidence: shown,
    ...picture,
    normalWouldBe: normalOf(picture.usual),
    counterfactuals: [...incident.counterfactuals],
    examples: incident.examples.map(exampleOf),
    attack: [...new Set(described.flatMap((d) => d.attack))],
    owasp: [...new Set(described.flatMap((d) => d.owasp))],
    runbook: `${telling.runbookBase}${family}`,
    actions: [
      ...new Set([...(lead === undefined ? [] : [lead.runbook]), ...described.flatMap((d) => d.actions)]),
    ].slice(0, 6),
  };
}

export function credentialOf(event: UsageEvent, owner: string | null): Alert['credential'] {
  return {
    id: event.credentialId,
    type: event.credentialType,
    source: event.credentialSource,
    name: event.credentialName,
    consumer: event.consumerName ?? event.consumerId,
    owner,
    gateway: event.gatewayType,
  };
}

function violationOf(incident: Incident): Severity | null {
  let found: Severity | null = null;
  for (const { severity } of incident.violations.values())
    found = found === null ? severity : worst(found, severity);
  return found;
}

const titleOf = {
  replay: 'Credential used by somebody else',
  scraping: 'Data taken in bulk',
  'out-of-pattern': 'Use out of pattern',
  lifecycle: 'Credential that must not be accepted',
} as const;

/** Without a broken rule the family only says that more use it, or elsewhere, than before: nothing to refuse it for. */
const shared = 'Credential shared or moved';

/** Without a full stop at the end: sentences are joined. */
function unstopped(text: string): string {
  return text.endsWith('.') ? text.slice(0, -1) : text;
}

function summaryOf(texts: readonly string[], incident: Incident): string {
  const said = texts.slice(0, 3).join('; ');
  if (incident.adoptedMs !== null)
    return `${said}. It has lasted for three days and is being learnt as the new habit.`;
  return `${said}.`;
}

function normalOf(usual: Alert['usual']): string {
  const from = usual.networks[0] ?? 'any network (none learnt yet)';
  const client = usual.clients[0] ?? 'any client (none learnt yet)';
  return `About ${quantity(usual.requestsPerHour)} requests an hour from ${from} with ${client}; ${usual.hours}.`;
}

export function exampleOf({ event, at }: RecentEvent): Alert['examples'][number] {
  return { at, event: toWire(event) };
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

function pad(hour: number): string {
  return `${hour}`.padStart(2, '0');
}
