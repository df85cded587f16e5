import { type Credential, dayMs, type Holdings } from './credential.ts';
import { exponential, zipf } from './distributions.ts';
import { mix32, type Random } from './random.ts';

/** The object numbers of the index-th object a credential owns. */
export function objectAt(holdings: Holdings, index: number): number {
  switch (holdings.layout) {
    case 'block':
    case 'sequence':
      return holdings.base + holdings.offset + index;
    case 'scattered':
      return holdings.base + holdings.offset + (mix32(holdings.seed + index) % holdings.span);
    case 'recent':
      return (
        holdings.base +
        holdings.offset +
        index * holdings.stride +
        (mix32(holdings.seed + index) % holdings.stride)
      );
    case 'catalogue':
      // An odd multiplier walks every entry once, so popularity has nothing to do with the id.
      return 1 + holdings.offset + ((index * 7_919 + holdings.seed) % holdings.span);
  }
}

/** How many objects the credential owns at a time. */
export function ownedAt(holdings: Holdings, elapsedMs: number): number {
  return Math.max(1, Math.floor(holdings.initial + (holdings.growthPerDay * elapsedMs) / dayMs));
}

/** What the owner asks for: mostly recent objects, sometimes an old one, or the popular of a catalogue. */
export function drawObject(credential: Credential, random: Random, elapsedMs: number): number {
  const { holdings } = credential;
  if (holdings.layout === 'catalogue')
    return objectAt(holdings, (zipf(random, holdings.span, 1.1) + holdings.seed) % holdings.span);
  if (holdings.layout === 'sequence') return objectAt(holdings, holdings.cursor++);
  const owned = ownedAt(holdings, elapsedMs);
  if (random.next() < 0.06) return objectAt(holdings, Math.floor(random.next() * owned));
  const age = Math.floor(exponential(random, holdings.recency));
  return objectAt(holdings, Math.max(0, owned - 1 - (age % owned)));
}

/** Any of the credential's own objects, the forgotten ones too. */
export function anyOwnObject(credential: Credential, random: Random, elapsedMs: number): number {
  const { holdings } = credential;
  const owned = holdings.layout === 'catalogue' ? holdings.span : ownedAt(holdings, elapsedMs);
  return objectAt(holdings, Math.floor(random.next() * owned));
}
