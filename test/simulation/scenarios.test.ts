import { describe, expect, test } from 'vitest';
import type { UsageEvent } from '../../schemas/usage-event.ts';
import type { ScenarioId } from '../../src/simulation/attacks/index.ts';
import { scenarios } from '../../src/simulation/attacks/index.ts';
import { createWorld } from '../../src/simulation/world.ts';

/** What an episode's own calls and the calls of the same credential before it look like. */
interface Played {
  readonly hostile: readonly UsageEvent[];
  readonly before: readonly UsageEvent[];
  readonly during: readonly UsageEvent[];
}

const complete = {
  withoutClientShare: 0,
  withoutTlsShare: 0,
  withoutObjectShare: 0,
  withoutNetworkShare: 0,
  withoutTokenShare: 0,
  withoutBytesShare: 0,
  sampledShare: 0,
  catalogueShare: 0,
  uuidShare: 0,
  attackStrength: 1,
} as const;

function episodesOf(scenario: ScenarioId): Played[] {
  const world = createWorld({
    seed: 21,
    attacks: [scenario],
    days: 24,
    overrides: {
      ...complete,
      fleet: 150,
      organisations: 12,
      eventsPerCredentialDay: 40,
      attacksPerScenario: 3,
    },
  });
  const byId = new Map<string, UsageEvent[]>();
  const hostile = new Map<string, UsageEvent[]>();
  for (const { event, attack } of world.calls()) {
    const target = attack === null ? byId : hostile;
    const list = target.get(event.credentialId);
    if (list === undefined) target.set(event.credentialId, [event]);
    else list.push(event);
  }
  return world.episodes
    .filter((episode) => !episode.chaff)
    .map((episode) => ({
      hostile: hostile.get(episode.credentialId) ?? [],
      before: (byId.get(episode.credentialId) ?? []).filter((event) => event.timestampMs < episode.startMs),
      during: (byId.get(episode.credentialId) ?? []).filter(
        (event) =>
          event.timestampMs >= episode.startMs - 1_200_000 && event.timestampMs <= episode.endMs + 1_200_000,
      ),
    }));
}

function distinct<T>(events: readonly UsageEvent[], of: (event: UsageEvent) => T): Set<T> {
  return new Set(events.map(of));
}

function isElsewhere({ hostile, before }: Played): boolean {
  const known = distinct(before, (b) => b.clientAsn);
  return hostile.every((e) => !known.has(e.clientAsn));
}

function isAtHome({ hostile, before }: Played): boolean {
  const known = distinct(before, (b) => b.clientAsn);
  return hostile.every((e) => known.has(e.clientAsn));
}

/** Each says what only this abuse leaves behind. */
const marks: Partial<Record<ScenarioId, (played: Played) => boolean>> = {
  'stolen-key-new-network': ({ hostile, before }) =>
    hostile.every((e) => !distinct(before, (b) => b.clientAsn).has(e.clientAsn)),
  'stolen-key-same-client': ({ hostile, before }) =>
    distinct(hostile, (e) => e.clientAddress).size === 1 &&
    !distinct(before, (b) => b.clientAddress).has(hostile[0]?.clientAddress ?? null),
  'same-network-interleaved': ({ hostile, before }) =>
    distinct(before, (b) => b.clientAsn).has(hostile[0]?.clientAsn ?? null),
  'token-replay': ({ hostile, during }) =>
    distinct(during, (e) => e.tokenId).has(hostile[0]?.tokenId ?? '') &&
    !distinct(during, (e) => e.clientAddress).has(hostile[0]?.clientAddress ?? ''),
  'proof-replay': ({ hostile, during }) =>
    during.some((e) => e.proofId === hostile[0]?.proofId && e.clientAddress !== hostile[0]?.clientAddress),
  'sender-mismatch': ({ hostile }) =>
    hostile.every((e) => e.tokenBoundKey !== null && e.presentedKey !== e.tokenBoundKey && e.status === 200),
  'refresh-fork': ({ hostile, during }) =>
    during.some(
      (e) =>
        e.tokenParentId === hostile[0]?.tokenParentId &&
        e.tokenParentId !== null &&
        e.tokenId !== hostile[0]?.tokenId,
    ),
  'hand-over': ({ hostile, during }) =>
    hostile.length >= 3 &&
    during.filter(
      (e) =>
        e.timestampMs > (hostile[0]?.timestampMs ?? 0) + 60_000 &&
        e.timestampMs < (hostile[hostile.length - 1]?.timestampMs ?? 0),
    ).length === 0,
  'fast-scrape': ({ hostile }) =>
    distinct(hostile, (e) => e.objectId).size >= 60 &&
    hostile.every((e, i) => i === 0 || (e.objectNumber ?? 0) === (hostile[i - 1]?.objectNumber ?? 0) + 1),
  'shuffled-block-scrape': ({ hostile }) => distinct(hostile, (e) => e.objectId).size === hostile.length,
  'slow-scrape': ({ hostile }) =>
    (hostile[hostile.length - 1]?.timestampMs ?? 0) - (hostile[0]?.timestampMs ?? 0) > 2 * 86_400_000,
  'pagination-sweep': ({ hostile }) =>
    hostile.length >= 75 && distinct(hostile, (e) => e.pageNumber ?? e.pageCursor).size === hostile.length,
  'object-guessing': ({ hostile }) =>
    hostile.filter((e) => (e.status ?? 0) >= 400).length > hostile.length / 2,
  'permission-probing': ({ hostile }) => hostile.filter((e) => e.status === 403).length > hostile.length / 2,
  'admin-routes': ({ hostile, before }) =>
    hostile.every((e) => !distinct(before, (b) => b.route).has(e.route)),
  'dormant-wake': ({ hostile, before }) =>
    (hostile[0]?.timestampMs ?? 0) - (before[before.length - 1]?.timestampMs ?? 0) > 5 * 86_400_000,
  'expired-accepted': ({ hostile }) =>
    hostile.every((e) => (e.tokenExpiresAtMs ?? 0) < e.timestampMs - 300_000 && e.status === 200),
  'wrong-audience': ({ hostile, before }) =>
    hostile.every((e) => !distinct(before, (b) => b.tokenAudience[0]).has(e.tokenAudience[0])),
  'secret-in-url': ({ hostile }) => hostile.every((e) => e.secretQueryKeys.length === 1),
  'environment-crossing': ({ hostile }) => hostile.every((e) => e.environment === 'sandbox'),
  'decoy-used': ({ before }) => before.length === 0,
  'agent-new-tools': ({ hostile, before }) =>
    hostile.every((e) => !distinct(before, (b) => b.genAiToolName).has(e.genAiToolName)),
  'agent-tool-loop': ({ hostile }) =>
    hostile.length >= 100 && distinct(hostile, (e) => e.genAiConversationId).size === 1,
  'intrusion-collect': isElsewhere,
  'intrusion-meddle': isElsewhere,
  'intrusion-blend-in': isElsewhere,
  'insider-collect': isAtHome,
  'insider-meddle': isAtHome,
  'agent-spend': ({ hostile, before }) => mean(hostile) > 5 * mean(before),
};

function mean(events: readonly UsageEvent[]): number {
  return events.reduce((sum, event) => sum + (event.genAiCostUsd ?? 0), 0) / Math.max(1, events.length);
}

describe('intruders', () => {
  const played = (['intrusion-collect', 'intrusion-meddle', 'insider-collect'] as const).flatMap(episodesOf);
  const refusedShare = ({ hostile }: Played) =>
    hostile.filter((e) => (e.status ?? 0) >= 400).length / hostile.length;

  test('some are refused often, some hardly ever', () => {
    expect(played.some((each) => refusedShare(each) > 0.1)).toBe(true);
    expect(played.some((each) => refusedShare(each) < 0.05)).toBe(true);
  });

  test('what an insider does is not the work of the holder', () => {
    for (const { hostile, before } of episodesOf('insider-meddle')) {
      const known = distinct(before, (b) => b.route);
      const strange = hostile.filter((e) => !known.has(e.route));
      expect(strange.length).toBeGreaterThan(hostile.length / 4);
    }
    const collected = episodesOf('insider-collect');
    const shown = collected.filter(({ hostile, before }) => {
      const own = distinct(before, (b) => b.objectId);
      const largest = Math.max(...before.map((b) => b.responseBytes ?? 0));
      return hostile.some(
        (e) =>
          (e.objectId !== null && !own.has(e.objectId)) ||
          (e.pageNumber ?? 0) > 0 ||
          e.pageCursor !== null ||
          (e.responseBytes ?? 0) > largest / 2,
      );
    });
    expect(shown.length).toBeGreaterThan(collected.length / 2);
  });

  test('some ask for what their victim never used, and all get something', () => {
    const strays = ({ hostile, before }: Played) => {
      const known = distinct(before, (b) => b.route);
      return hostile.some((e) => !known.has(e.route));
    };
    expect(played.filter(strays).length).toBeGreaterThan(played.length / 4);
    for (const { hostile } of played) expect(hostile.some((e) => e.status === 200)).toBe(true);
  });
});

describe('each scenario', () => {
  test.each(scenarios.map((scenario) => scenario.id))('%s makes calls, and leaves its mark', (id) => {
    const episodes = episodesOf(id);
    expect(episodes.length).toBeGreaterThan(0);
    for (const played of episodes) {
      expect(played.hostile.length).toBeGreaterThan(0);
      const mark = marks[id];
      if (mark !== undefined) expect(mark(played)).toBe(true);
    }
  });
});
