import { type Alert, alertSchemaVersion, changeDetector, type Evidence } from '../../schemas/alert.ts';
import type { Position } from '../../schemas/position.ts';
import { toWire, type UsageEvent } from '../../schemas/usage-event.ts';
import type { CommonChange, SharedNews } from './common-changes.ts';
import { frequencyClass } from './frequency.ts';
import { type ChangedThing, changeBits, mostCounted } from './news-trails.ts';
import { quantity } from './numbers.ts';

export interface ChangeTelling {
  /** The event that made it news. */
  readonly event: UsageEvent;
  readonly at: Position | null;
  readonly credential: Alert['credential'];
  readonly picture: Pick<Alert, 'usual' | 'now'>;
  readonly trust: number;
  readonly simulated: boolean;
  readonly runbookBase: string;
}

const mostEvidence = 8;
const mostExamples = 3;
const leastShown = 0.1;

/** What tells most about who is behind it comes first. */
const order: readonly ChangedThing[] = ['client', 'network', 'country', 'environment', 'scope', 'operation'];

const firstStep: Readonly<Record<ChangedThing, string>> = {
  network: 'Ask whether these credentials were moved to the network today; if nobody did, block it.',
  country: 'Ask whether these credentials are used from the country on purpose; if not, block it for them.',
  client:
    'Ask whether the client was rolled out or upgraded today; if nobody did, block it by its fingerprint.',
  operation:
    'Ask whether the operations or tools were released today: a release explains all of these at once.',
  scope: 'Ask whether the scopes were granted on purpose, and by whom.',
  environment:
    'Ask why these credentials are used in another environment, and keep it out if it was no plan.',
};

/** One alert for what many credentials newly show at once. Pure: the same change gives the same bytes. */
export function changeAlert(change: CommonChange, telling: ChangeTelling): Alert {
  const shared = [...change.shared.values()].sort(byWeight);
  const lead = shared[0] as SharedNews;
  const before = change.told;
  const family = isOfOrigin(lead.what) ? 'replay' : 'out-of-pattern';
  const { credentials } = change;
  const credential = before?.credential ?? telling.credential;
  const evidence = shared.slice(0, mostEvidence).map((news) => evidenceOf(news, family));
  const isOrdinary = change.severity === 'low';
  return {
    version: alertSchemaVersion,
    id: change.id,
    state: 'firing',
    kind: 'change',
    simulated: telling.simulated,
    title: `Common change: ${credentials} credentials with ${titleOf(lead)}`,
    summary: `${evidence
      .slice(0, 3)
      .map(({ text }) => text)
      .join(
        '; ',
      )}. ${isOrdinary ? 'A release or an upgrade looks like this' : 'A move looks like this, and so does one thief with many credentials'}: no alert is raised for each of them.`,
    severity: change.severity,
    family,
    detectors: [changeDetector],
    credential,
    members: [...change.members].filter((id) => id !== credential.id),
    campaign: null,
    scoreBits: round(Math.max(...shared.map(({ bits }) => bits))),
    thresholdBits: changeBits,
    trust: before?.trust ?? telling.trust,
    firstEventMs: change.firstMs,
    lastEventMs: change.lastMs,
    raisedAtMs: change.openedMs,
    resolvedAtMs: null,
    events: credentials,
    evidence,
    usual: before?.usual ?? telling.picture.usual,
    now: before?.now ?? telling.picture.now,
    normalWouldBe: `Within about a day, ${normalOf(lead)}.`,
    counterfactuals: [],
    examples: [...(before?.examples ?? []), { at: telling.at, event: toWire(telling.event) }].slice(
      0,
      mostExamples,
    ),
    attack: isOrdinary ? [] : ['T1550.001', 'T1078.004'],
    owasp: isOrdinary ? [] : ['API2:2023', 'NHI2:2025'],
    runbook: `${telling.runbookBase}${changeDetector}`,
    actions: actionsOf(shared, isOrdinary, credentials),
  };
}

export function resolvedChange(change: CommonChange, told: Alert): Alert {
  return {
    ...told,
    state: 'resolved',
    lastEventMs: change.lastMs,
    resolvedAtMs: change.resolvedMs,
  };
}

function evidenceOf(news: SharedNews, family: Alert['family']): Evidence {
  const { what, isValue, credentials, expected, bits, share } = news;
  const usual = expectedText(expected);
  const count =
    credentials >= mostCounted ? `${credentials} credentials or more` : `${credentials} credentials`;
  const text = isValue
    ? `${count} show the ${what}${nameOf(news)} for the first time; ${usual} expected`
    : `${count} of one kind show new ${plural[what]}, not the same ones; ${usual} expected`;
  return {
    detector: changeDetector,
    family,
    kind: 'behavioural',
    feature: `${isValue ? 'one' : 'many'}-new-${what}`,
    bits: round(bits),
    observed: credentials,
    expected: Number(expected.toPrecision(2)),
    text,
    credentialFrequency: 'UNSEEN',
    peerFrequency: isValue ? frequencyClass(share) : null,
  };
}

function expectedText(expected: number): string {
  return expected < leastShown ? `fewer than ${leastShown}` : quantity(expected);
}

function titleOf(news: SharedNews): string {
  return news.isValue ? `one new ${news.what}${nameOf(news)}` : `new ${plural[news.what]}`;
}

function normalOf(news: SharedNews): string {
  const count = expectedText(news.expected);
  return news.isValue
    ? `${count} credentials would begin to show this ${news.what}`
    : `${count} credentials of this kind would show ${plural[news.what]} that are new to them`;
}

function actionsOf(shared: readonly SharedNews[], isOrdinary: boolean, credentials: number): string[] {
  const asked = [...new Set(shared.map(({ what }) => what))].slice(0, 3).map((what) => firstStep[what]);
  return isOrdinary
    ? [...asked, 'Nothing else when somebody confirms it: it is being learnt.']
    : [
        ...asked,
        `Unless somebody confirms it, rotate the ${credentials} credentials, the ones with data behind them first.`,
        'Look for what they have in common: one secret store, build, support bundle or partner.',
      ];
}

const plural: Readonly<Record<ChangedThing, string>> = {
  network: 'networks',
  country: 'countries',
  client: 'clients',
  operation: 'operations',
  scope: 'scopes',
  environment: 'environments',
};

function isOfOrigin(what: ChangedThing): boolean {
  return what === 'network' || what === 'client' || what === 'country';
}

function nameOf({ name }: SharedNews): string {
  return name === '' ? '' : ` ${name}`;
}

function byWeight(a: SharedNews, b: SharedNews): number {
  if (a.isValue !== b.isValue) return a.isValue ? -1 : 1;
  return order.indexOf(a.what) - order.indexOf(b.what) || b.bits - a.bits;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
