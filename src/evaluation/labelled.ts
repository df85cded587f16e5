import type { LabelKind } from '../../schemas/label.ts';
import type { ScoreLine } from '../../schemas/score-line.ts';
import { dayMs, hourMs } from '../stats/durations.ts';
import type { Labels } from './labels.ts';
import { averagePrecision } from './pr-auc.ts';
import { falseDaysPerThousand, recallOver, tailOf, thresholdFor } from './recall.ts';

const graceMs = 2 * hourMs;

/** One attack of a labelled file: a span, or all labelled events of one credential and scenario. */
export interface LabelledAttack {
  readonly credential: string;
  readonly scenario: string;
  readonly startMs: number;
  endMs: number;
}

export interface LabelledReport {
  readonly attacks: number;
  readonly cleanDays: number;
  readonly hours: number;
  readonly recall: readonly {
    readonly perThousand: number;
    readonly threshold: number;
    readonly recall: number;
  }[];
  readonly prAuc: number;
  readonly scenarios: readonly {
    readonly scenario: string;
    readonly attacks: number;
    readonly recall: readonly number[];
  }[];
  /** Alerts raised during an attack on their credential, and others. */
  readonly alerts: { readonly onAttacks: number; readonly others: number; readonly attacksAlerted: number };
}

/** Attacks in whose time nothing of their credential was scored: nobody could find them in these files. */
export function unscoredAttacks(
  attacks: readonly LabelledAttack[],
  scores: readonly Pick<ScoreLine, 'credential.id' | 'hour'>[],
): readonly LabelledAttack[] {
  const hours = Map.groupBy(scores, (line) => line['credential.id']);
  return attacks.filter(
    ({ credential, startMs, endMs }) =>
      !hours.get(credential)?.some(({ hour }) => hour + hourMs > startMs && hour <= endMs),
  );
}

/** Labelled events as attacks: those of one credential and scenario are one. */
export function attacksOf(
  labels: Labels,
  seen: Iterable<{ readonly eventId: string; readonly credentialId: string; readonly timestampMs: number }>,
): { attacks: LabelledAttack[]; ignored: Set<string> } {
  const attacks = new Map<string, LabelledAttack>();
  const ignored = new Set<string>();
  for (const { credential, start, end, label, scenario } of labels.spans) {
    if (label === 'attack')
      attacks.set(`${credential} ${scenario} ${start}`, { credential, scenario, startMs: start, endMs: end });
    if (label === 'ignore')
      for (let at = start; at < end; at += hourMs) ignored.add(`${credential} ${Math.floor(at / hourMs)}`);
  }
  const kinds = new Map<string, LabelKind>();
  for (const { eventId, credentialId: credential, timestampMs } of seen) {
    const label = labels.events.get(eventId);
    if (label === undefined) continue;
    const hour = `${credential} ${Math.floor(timestampMs / hourMs)}`;
    if (label.label === 'attack') {
      kinds.set(hour, 'attack');
      const key = `${credential} ${label.scenario}`;
      const known = attacks.get(key);
      if (known === undefined)
        attacks.set(key, {
          credential,
          scenario: label.scenario,
          startMs: timestampMs,
          endMs: timestampMs + 1,
        });
      else known.endMs = Math.max(known.endMs, timestampMs + 1);
    } else if (label.label === 'ignore' && kinds.get(hour) === undefined) kinds.set(hour, 'ignore');
  }
  for (const [hour, kind] of kinds) if (kind === 'ignore') ignored.add(hour);
  return { attacks: [...attacks.values()], ignored };
}

/** Score lines and alerts against labels; the same definitions as for simulated worlds. */
export function labelledReport(
  scores: readonly ScoreLine[],
  alerts: readonly { readonly credentialId: string; readonly raisedMs: number; readonly lastMs: number }[],
  attacks: readonly LabelledAttack[],
  ignored: ReadonlySet<string>,
): LabelledReport {
  const byCredential = Map.groupBy(attacks, ({ credential }) => credential);
  const best = new Map<LabelledAttack, number>(attacks.map((attack) => [attack, Number.NEGATIVE_INFINITY]));
  const days = new Map<string, number>();
  const kept: { bits: number; attacked: number }[] = [];
  for (const { 'credential.id': credential, hour, score_bits: bits } of scores) {
    if (ignored.has(`${credential} ${Math.floor(hour / hourMs)}`)) continue;
    const own = byCredential.get(credential) ?? [];
    const during = own.filter(({ startMs, endMs }) => hour + hourMs > startMs && hour < endMs + graceMs);
    for (const attack of during) best.set(attack, Math.max(best.get(attack) as number, bits));
    if (during.length > 0) {
      kept.push({ bits, attacked: during.some(({ endMs }) => hour < endMs) ? 1 : 0 });
      continue;
    }
    if (own.some(({ startMs, endMs }) => hour + hourMs > startMs - dayMs && hour < endMs + dayMs)) continue;
    kept.push({ bits, attacked: 0 });
    const day = `${credential} ${Math.floor(hour / dayMs)}`;
    days.set(day, Math.max(days.get(day) ?? Number.NEGATIVE_INFINITY, bits));
  }
  const tail = tailOf(Float32Array.from(days.values()), 1);
  const thresholds = falseDaysPerThousand.map((rate) => thresholdFor(tail, rate));
  const recallsOf = (list: readonly LabelledAttack[]) =>
    thresholds.map((threshold) =>
      recallOver(
        list.map((attack) => Math.fround(best.get(attack) as number)),
        threshold,
      ),
    );
  const whole = recallsOf(attacks);
  const hit = new Set<LabelledAttack>();
  let onAttacks = 0;
  for (const { credentialId, raisedMs, lastMs } of alerts) {
    const during = (byCredential.get(credentialId) ?? []).filter(
      ({ startMs, endMs }) => lastMs >= startMs && raisedMs <= endMs + graceMs,
    );
    if (during.length > 0) onAttacks += 1;
    for (const attack of during) hit.add(attack);
  }
  return {
    attacks: attacks.length,
    cleanDays: days.size,
    hours: kept.length,
    recall: falseDaysPerThousand.map((perThousand, r) => ({
      perThousand,
      threshold: thresholds[r] as number,
      recall: whole[r] as number,
    })),
    prAuc: averagePrecision(
      Float32Array.from(kept, ({ bits }) => bits),
      Uint8Array.from(kept, ({ attacked }) => attacked),
    ),
    scenarios: [...Map.groupBy(attacks, ({ scenario }) => scenario)].map(([scenario, list]) => ({
      scenario,
      attacks: list.length,
      recall: recallsOf(list),
    })),
    alerts: { onAttacks, others: alerts.length - onAttacks, attacksAlerted: hit.size },
  };
}
