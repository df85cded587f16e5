import type { Mapping } from '../../../schemas/mapping.ts';
import { endsOf, percent, rankIn } from './find-fields.ts';
import type { Place, Places } from './places.ts';
import { shareOf } from './rules.ts';
import {
  isAccessKeyId,
  isAddress,
  isHash,
  isKnownSecret,
  isMasked,
  isRandom,
  isToken,
} from './value-kinds.ts';

type Credential = Pick<NonNullable<Mapping['credential']>, 'kind' | 'form'>;

/** Where the credential or the token stands, and why. */
export interface FoundCredential {
  readonly section: 'credential' | 'token';
  readonly path: string;
  /** For a credential. */
  readonly read: Credential | null;
  /** Place of a readable name beside it. */
  readonly name: string | null;
  readonly why: string;
  readonly doubt: string | null;
}

export interface CredentialSearch {
  readonly found: readonly FoundCredential[];
  /** Places that look like it and are none, and why. */
  readonly passedOver: readonly string[];
}

const ids =
  'credentialid credentialref credid credref keyref apikeyref apikeyid keyid accesskeyid clientid oauthclientid appkeyid tokenname keyname apiclient apiclientid subscriptionid accesskey';
const secrets =
  'xapikey apikey apitoken accesstoken xauthtoken authtoken subscriptionkey ocpapimsubscriptionkey sessiontoken sessionid session clientsecret';
const looseSecrets = 'key token secret credential cred sid tok';
const tokens =
  'authorization httpauthorization authheader authorizationheader bearer bearertoken idtoken jwt';
const looseTokens = 'auth';
const hashWords = new Set([
  'hash',
  'hashed',
  'sha',
  'sha1',
  'sha256',
  'digest',
  'hmac',
  'fingerprint',
  'fp',
  'md5',
]);
const subjects = new Set(['key', 'apikey', 'token', 'credential', 'cred', 'secret', 'auth', 'authorization']);
const others = new Set(['page', 'next', 'cursor', 'cache', 'sort', 'csrf', 'cert', 'trace', 'idempotency']);

const rareShare = 0.02;
const enoughToTell = 20;
const nearlyAll = 0.95;

/** Looks for what tells callers apart. Values are judged and never come out. */
export function findCredential(places: Places, taken: Set<string>): CredentialSearch {
  const passedOver: string[] = [];
  const candidates = places.all
    .filter(({ lines }) => lines >= places.lines * rareShare)
    .flatMap((place) => judged(place, places, passedOver))
    .sort((a, b) => a.rank - b.rank || b.place.lines - a.place.lines);
  const token = candidates.find(({ section }) => section === 'token');
  const credential =
    candidates.find(({ section }) => section === 'credential') ?? byValues(places, passedOver);
  const found: FoundCredential[] = [];
  for (const one of [credential, token]) {
    if (one === undefined || taken.has(one.place.path)) continue;
    taken.add(one.place.path);
    const name = one.section === 'credential' ? nameBeside(one.place, places) : null;
    if (name !== null) taken.add(name);
    const { section, place, read, why, doubts } = one;
    found.push({
      section,
      path: place.path,
      read,
      name,
      why,
      doubt: doubts.length === 0 ? null : doubts.join('; '),
    });
  }
  return { found, passedOver };
}

interface Judged {
  readonly section: 'credential' | 'token';
  readonly place: Place;
  readonly read: Credential | null;
  readonly rank: number;
  readonly why: string;
  readonly doubts: readonly string[];
}

function judged(place: Place, places: Places, passedOver: string[]): Judged[] {
  const ends = endsOf(place.words);
  const isHashed =
    place.words.some((word) => hashWords.has(word)) && place.words.some((word) => subjects.has(word));
  const idRank = rankIn(ids.split(' '), ends);
  const secretRank = rankIn(secrets.split(' '), ends);
  const looseRank = rankIn(looseSecrets.split(' '), ends);
  const tokenRank = rankIn(tokens.split(' '), ends);
  const isToldToken = tokenRank >= 0 || rankIn(looseTokens.split(' '), ends) >= 0;
  const isNamed = isHashed || idRank >= 0 || secretRank >= 0 || looseRank >= 0 || isToldToken;
  if (!isNamed || place.words.some((word) => others.has(word))) return [];
  const refusal = whyNone(place);
  if (refusal !== null) {
    passedOver.push(`${place.path}: ${refusal}`);
    return [];
  }
  const doubts = doubtsOf(place, places);
  const said = (why: string) => `named so, ${why}${whereOf(place, places)}`;
  if (shareOf(place, isToken) > 0.5) {
    const why = said(
      'its values are Authorization headers or tokens, of which claims and keyed hashes are kept',
    );
    return [{ section: 'token', place, read: null, rank: 0, why, doubts }];
  }
  if (isToldToken && secretRank < 0 && looseRank < 0) {
    passedOver.push(`${place.path}: its values are neither Authorization headers nor tokens`);
    return [];
  }
  if (differsTooMuch(place)) {
    passedOver.push(`${place.path}: differs in nearly every line, so that nothing could be learnt of it`);
    return [];
  }
  if (idRank >= 0 && shareOf(place, isKnownSecret) === 0) {
    const isAws = shareOf(place, isAccessKeyId) > 0.5;
    const kind = isAws ? 'cloud_access_key' : ends.includes('clientid') ? 'oauth_client' : 'api_key';
    const isGuess = !isAws && shareOf(place, isRandom) > 0.5 && !ends.some((end) => end.endsWith('keyid'));
    return [
      {
        section: 'credential',
        place,
        read: { kind, form: 'id' },
        rank: idRank,
        why: said('taken for an id that opens nothing and kept as it is'),
        doubts: isGuess
          ? [...doubts, 'its values are long and random: write form: secret if they open anything']
          : doubts,
      },
    ];
  }
  if (isHashed && shareOf(place, isHash) > nearlyAll)
    return [
      {
        section: 'credential',
        place,
        read: { kind: 'api_key', form: 'hash' },
        rank: 1,
        why: said('its values are hashes in hexadecimal, kept as they are'),
        doubts,
      },
    ];
  const isSession = ends.some((end) => end.startsWith('session') || end === 'sid');
  const isSure = secretRank >= 0 || isHashed;
  const looksRandom = shareOf(place, (value) => isRandom(value) || isKnownSecret(value)) > 0.5;
  return [
    {
      section: 'credential',
      place,
      read: { kind: isSession ? 'session' : 'api_key', form: 'secret' },
      rank: (isSure ? 100 : 200) + Math.max(secretRank, looseRank, 0) + (isSession ? 50 : 0),
      why: said('taken for the secret itself, of which only a keyed hash is kept'),
      doubts: [
        ...doubts,
        ...(isSession && namesUser(places) ? [sessionDoubt] : []),
        ...(isSure || looksRandom ? [] : ['its name may mean something else']),
        ...(looksRandom ? [] : ['its values do not look like keys: write form: id if they are names']),
      ],
    },
  ];
}

/** What is learnt of a session ends with it: a thief's is a new one, and nobody knows how it was used before. */
const sessionDoubt =
  'a session lasts for hours, too short to learn much of, and the lines name their user too: let that be the credential (kind: session, form: id, verified: true) and this the token';
const userNames = new Set(['user', 'userid', 'uid', 'username', 'sub', 'subject']);

function namesUser({ all }: Places): boolean {
  return all.some(
    ({ words, different }) => different.size > 1 && endsOf(words).some((end) => userNames.has(end)),
  );
}

/** Values that come back, long and random, under a name that says nothing. */
function byValues(places: Places, passedOver: string[]): Judged | undefined {
  const like = places.all.filter(
    (place) =>
      place.lines >= places.lines / 2 &&
      place.values.length >= enoughToTell &&
      place.different.size > 1 &&
      place.different.size <= place.values.length / 3 &&
      !place.words.some((word) => others.has(word)) &&
      shareOf(
        place,
        (value) => (isRandom(value) || isKnownSecret(value)) && !isAddress(value) && !isToken(value),
      ) > nearlyAll,
  );
  const [first, ...rest] = like;
  if (first === undefined) return undefined;
  if (rest.length > 0) {
    passedOver.push(
      `${like.map(({ path }) => path).join(', ')}: each could be it by its values, which of them cannot be told`,
    );
    return undefined;
  }
  return {
    section: 'credential',
    place: first,
    read: { kind: 'api_key', form: 'secret' },
    rank: 0,
    why: `its values are long, random and come back${whereOf(first, places)}; only a keyed hash is kept`,
    doubts: ['its name says nothing of the kind, only its values do'],
  };
}

function whyNone(place: Place): string | null {
  if (shareOf(place, (value) => typeof value === 'boolean') > 0.5) return 'says yes or no, not which';
  if (shareOf(place, isMasked) > nearlyAll && place.different.size <= 1)
    return 'masked alike in all lines: have the gateway log an id or a keyed hash instead';
  return null;
}

function differsTooMuch({ values, different }: Place): boolean {
  return (
    values.length >= enoughToTell && Math.min(different.size, new Set(values).size) > values.length * 0.9
  );
}

function doubtsOf(place: Place, { lines }: Places): string[] {
  const doubts: string[] = [];
  if (lines >= enoughToTell && place.different.size === 1)
    doubts.push('it is the same in all lines: of a proxy or a default, perhaps');
  if (shareOf(place, isMasked) > 0.5) doubts.push('masked: keys with the same visible rest become one');
  return doubts;
}

function whereOf({ lines }: Place, places: Places): string {
  return lines >= places.lines * 0.9995 ? '' : `; in ${percent(lines / places.lines)} of the lines`;
}

const nameWords = new Set(['name', 'label', 'alias', 'title']);

/** `key.label` beside `key.id`, `key_name` beside `key_id`. */
function nameBeside(place: Place, { all }: Places): string | null {
  const stem = place.words.slice(0, -1).join(' ');
  const beside = all.find(
    ({ words, path }) =>
      path !== place.path &&
      nameWords.has(words.at(-1) ?? '') &&
      (words.slice(0, -1).join(' ') === stem || words.slice(0, -1).join(' ') === place.words.join(' ')) &&
      words.length > 1,
  );
  return beside?.path ?? null;
}
