/**
 * What the name of an operation says its caller could do with it. A name is read as words
 * (`iam.amazonaws.com:CreateAccessKey`, `POST /v1/roles/{int}/grants`, `/acme.v1.UserService/ImpersonateUser`),
 * and a kind is a verb beside a noun. The kinds are the ends that ATT&CK's cloud matrix lists; which of
 * them are everyday work for a credential is left to its own habits and its peers'.
 */
export const sensitiveKinds = [
  'secrets', // T1552, T1555: reads what opens other doors
  'identity', // T1098, T1136: makes or changes who may do what
  'monitoring', // T1562.008: blinds whoever watches
  'exposure', // T1537, T1562.007: opens data or a network to others
  'execution', // T1651, T1578.002: runs something elsewhere
  'destruction', // T1485, T1531: takes away for good
  'administration', // an administrators' surface, whatever is done there
] as const;
export type SensitiveKind = (typeof sensitiveKinds)[number];

const set = (words: string) => new Set(words.split(' '));

const changing = set(
  'add allow assign associate attach authorize change create disable enable generate grant import insert invite issue make modify open patch post put register replace reset rotate set share unlock update upload upsert',
);
const weakening = set('cancel delete detach disable deactivate drop remove revoke stop suspend unset');
const reading = set(
  'batch copy decode describe download dump export fetch get list lookup post read reveal search show view',
);
const running = set('create execute exec invoke put run send start update');

const secretThings = set('credential credentials passphrase password passwords secret secrets');
/** Sensitive to change wherever they stand. */
const rights = set(
  'access anchor apikey apikeys federation grant grants key keys login mfa permission permissions policies policy role roles saml trust',
);
/** People and groups are everyday objects of most APIs; an operation named after making one is not. */
const principals = set('account admin administrator group groups member owner principal user users');
const watchers = set(
  'alarm alarms audit audits detector detectors guardduty log logging logs monitor monitoring recorder trail trails',
);
const watcherSettings = set('lifecycle retention selector selectors suppression');
const openings = set('acl acls attribute cors firewall ingress public share shared sharing');
const runnables = set('code command commands instances script scripts shell');
const losses = set(
  'account backup backups bucket cluster database db organization snapshot stack table tenant vault volume',
);
const final = set('destroy leave purge terminate truncate wipe');
const surfaces = set('admin administration administrator internal root sudo superuser');
const borrowing = set('elevate impersonate sudo');

const mostWords = 24;
const mostLetters = 512;

/** Kinds as a bit each, in the order of `sensitiveKinds`; 0 for a plain operation. */
export function sensitivity(operation: string): number {
  const words = wordsOf(operation.slice(0, mostLetters));
  let kinds = 0;
  for (const { word, alone } of words) {
    if (surfaces.has(word)) kinds |= bit('administration');
    if (borrowing.has(word)) kinds |= bit('identity');
    if (final.has(word)) kinds |= bit('destruction');
    if (secretThings.has(word) && words.some((w) => reading.has(w.word))) kinds |= bit('secrets');
    if (rights.has(word) && acts(words, word)) kinds |= bit('identity');
    if (principals.has(word) && !alone && acts(words, word)) kinds |= bit('identity');
    if (watchers.has(word) && words.some((w) => weakening.has(w.word))) kinds |= bit('monitoring');
    if (watcherSettings.has(word) && acts(words, word)) kinds |= bit('monitoring');
    if (openings.has(word) && words.some((w) => changing.has(w.word) && w.word !== word))
      kinds |= bit('exposure');
    if (runnables.has(word) && words.some((w) => running.has(w.word))) kinds |= bit('execution');
    if (losses.has(word) && words.some((w) => w.word === 'delete' || w.word === 'drop'))
      kinds |= bit('destruction');
  }
  return kinds;
}

/** Names of the kinds in a mask. */
export function kindsOf(mask: number): SensitiveKind[] {
  return sensitiveKinds.filter((_, n) => (mask & (1 << n)) !== 0);
}

function bit(kind: SensitiveKind): number {
  return 1 << sensitiveKinds.indexOf(kind);
}

function acts(words: readonly Word[], noun: string): boolean {
  return words.some(({ word }) => word !== noun && (changing.has(word) || weakening.has(word)));
}

export interface Word {
  readonly word: string;
  /** The whole of its path segment: `users` in `/users/{int}`, not in `ListUsers`. */
  readonly alone: boolean;
}

/** Lower-case words, split where the case rises and at everything that is no letter. */
export function wordsOf(operation: string): Word[] {
  const words: Word[] = [];
  let start = 0;
  let segment = 0;
  const take = (end: number, closes: boolean) => {
    if (end > start && words.length < mostWords)
      words.push({ word: operation.slice(start, end).toLowerCase(), alone: start === segment && closes });
  };
  for (let i = 0; i < operation.length; i += 1) {
    const code = operation.charCodeAt(i);
    const upper = code >= 65 && code <= 90;
    if (!upper && !(code >= 97 && code <= 122)) {
      take(i, true);
      start = segment = i + 1;
    } else if (upper && i > start && risesAt(operation, i)) {
      take(i, false);
      start = i;
    }
  }
  take(operation.length, true);
  return words;
}

/** `accessKey` and `DBInstance` have two words each, `HTTP` and `KEYS` one. */
function risesAt(text: string, i: number): boolean {
  const isLower = (at: number) => {
    const code = text.charCodeAt(at);
    return code >= 97 && code <= 122;
  };
  return isLower(i - 1) || isLower(i + 1);
}
