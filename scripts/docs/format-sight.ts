import { detectors } from '../../detectors/index.ts';
import { type UsageEventField, usageEventFields } from '../../schemas/usage-event.ts';
import type { Format } from '../../src/decode/format.ts';

/** Fields that tell callers apart, best first. */
const identities: readonly UsageEventField[] = [
  'credentialId',
  'tokenId',
  'certSha256',
  'consumerId',
  'userId',
];

/** What normalisation finds in a field that is logged, so that no gateway has to log it; pages need its query. */
const derived: Partial<Record<UsageEventField, readonly UsageEventField[]>> = {
  path: ['route', 'objectId', 'objectNumber', 'pageNumber', 'pageCursor', 'secretQueryKeys'],
  clientAddress: ['clientCountry', 'clientAsn'],
};

/** What a format's log lets the detectors see. */
export interface Sight {
  /** By dotted name: what tells callers apart; empty when only the address does. */
  readonly identities: readonly string[];
  readonly blind: readonly { readonly id: string; readonly lacks: readonly string[] }[];
}

export function sightByDefault({ yields }: Format): Sight {
  return sightOf(yields.byDefault);
}

export function sightWithSnippet({ yields }: Format): Sight {
  return sightOf([...yields.byDefault, ...yields.withSnippet]);
}

function sightOf(logged: readonly UsageEventField[]): Sight {
  const seen = new Set(logged.flatMap((field) => [field, ...(derived[field] ?? [])]));
  return {
    identities: identities.filter((field) => seen.has(field)).map(wire),
    blind: detectors
      .map(({ id, needs, seldom = [] }) => ({
        id,
        lacks: [...needs, ...seldom]
          .map((need) => [need].flat() as UsageEventField[])
          .filter((fields) => !fields.some((field) => seen.has(field)))
          .map((fields) => fields.map(wire).join(' or ')),
      }))
      .filter(({ lacks }) => lacks.length > 0),
  };
}

export const wire = (field: UsageEventField): string => usageEventFields[field].wire;
