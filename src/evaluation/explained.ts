import type { EpisodeOutcome } from './outcome.ts';

/** Explanation accuracy: share of the found attacks whose first-named family is a planted one. NaN when none was found. */
export function explained(
  episodes: readonly EpisodeOutcome[],
  thresholdBits: number,
): { readonly byScore: number; readonly byAlert: number; readonly alerted: number } {
  const found = episodes.filter(({ best }) => (best[0] as number) > thresholdBits);
  const alerted = found.filter(({ alertFamily }) => alertFamily !== null);
  const share = (
    list: readonly EpisodeOutcome[],
    family: (episode: EpisodeOutcome) => EpisodeOutcome['topFamily'],
  ) => {
    const right = list.filter((episode) => {
      const named = family(episode);
      return named !== null && episode.families.includes(named);
    });
    return list.length === 0 ? Number.NaN : right.length / list.length;
  };
  return {
    byScore: share(found, ({ topFamily }) => topFamily),
    byAlert: share(alerted, ({ alertFamily }) => alertFamily),
    alerted: alerted.length,
  };
}

/** Which family came first for the found attacks, most often first. */
export function namedFirst(
  episodes: readonly EpisodeOutcome[],
  thresholdBits: number,
): { readonly family: string; readonly attacks: number }[] {
  const found = episodes.filter(({ best }) => (best[0] as number) > thresholdBits);
  return [...Map.groupBy(found, ({ topFamily }) => topFamily ?? 'none')]
    .map(([family, list]) => ({ family, attacks: list.length }))
    .sort((a, b) => b.attacks - a.attacks);
}
