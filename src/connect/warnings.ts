import ipaddr from 'ipaddr.js';
import { usageEventFields } from '../../schemas/usage-event.ts';
import type { Sample } from './sample.ts';

const enoughEvents = 20;
const nearlyAll = 0.95;
const suspectAheadMs = 3_600_000;

/** What a newcomer should know before trusting anything that is found in this log, gravest first. */
export function warningsOf(sample: Sample, nowMs: number, sweepHits: number): string[] {
  const { events } = sample;
  if (events === 0) return [];
  return [
    ...secretWarnings(sample, sweepHits),
    ...credentialWarnings(sample),
    ...clientWarnings(sample),
    ...timeWarnings(sample, nowMs),
    ...mappingWarnings(sample),
  ];
}

function secretWarnings({ rawSecrets, secretQueryKeys }: Sample, sweepHits: number): string[] {
  const warnings: string[] = [];
  for (const [where, lines] of rawSecrets)
    warnings.push(
      `${lines} lines hold the raw secret in ${where}: whoever reads the log can use it; log an id or a hash instead, and replace these secrets`,
    );
  for (const [name, lines] of secretQueryKeys)
    warnings.push(
      `${lines} requests carry a secret in the URL (?${name}=…): it is in this log and in every proxy's`,
    );
  if (sweepHits > 0)
    warnings.push(`${sweepHits} other texts looked like a secret and were blanked (path, user agent, names)`);
  return warnings;
}

function credentialWarnings(sample: Sample): string[] {
  const { events, credentials } = sample;
  const anonymous = countOf(sample.found, 'anonymous ');
  const warnings: string[] = [];
  if (anonymous / events > 0.5)
    warnings.push(
      `${percent(anonymous / events)} of the events name no credential: callers are told apart by address only, which is no identity; change the log format`,
    );
  else if (events >= enoughEvents && credentials.size === 1)
    warnings.push(
      'every event has the same credential: the field is probably that of a proxy or a default, not of the caller',
    );
  if (events >= enoughEvents && credentials.size > events * 0.9 && anonymous === 0)
    warnings.push(
      `${credentials.size} credentials in ${events} events: the field is probably a request's or a token's id, not a credential's; nothing can be learnt of something seen once`,
    );
  return warnings;
}

function clientWarnings(sample: Sample): string[] {
  const { clients, forwarded, records } = sample;
  if (clients.size === 0)
    return ['no event has a client address: replay from elsewhere and impossible travel cannot be seen'];
  const address = loadBalancerOf(sample);
  if (address === null) return [];
  const who = clients.size === 1 ? 'all clients come' : 'nearly all clients come';
  const kind = isPrivate(address) ? 'a private one' : 'one address';
  const mend =
    forwarded > records / 2
      ? `set decode.trustedProxies to ["${address}"], the log has X-Forwarded-For`
      : 'log X-Forwarded-For too, or let the gateway resolve the client (realip, trusted proxies)';
  return [`${who} from ${address} (${kind}): that is a load balancer; ${mend}`];
}

/** The address from which all come, or nearly all where it is a private one; a health check may come from elsewhere. */
export function loadBalancerOf({ clients, events }: Sample): string | null {
  if (events < enoughEvents) return null;
  const [first] = [...clients].sort((a, b) => b[1] - a[1]);
  if (first === undefined) return null;
  const [address, many] = first;
  return clients.size === 1 || (isPrivate(address) && many / events > nearlyAll) ? address : null;
}

function timeWarnings({ earliestMs, latestMs, events, refused }: Sample, nowMs: number): string[] {
  const warnings: string[] = [];
  if (latestMs > nowMs + suspectAheadMs)
    warnings.push(
      `the newest event is ${Math.round((latestMs - nowMs) / 60_000)} minutes ahead of this machine's clock; if times are local, set decode.assumeTimezoneMinutes`,
    );
  if (events >= enoughEvents && earliestMs === latestMs)
    warnings.push('every event has the same time: it is probably that of the shipment, not of the request');
  for (const reason of ['time-invalid', 'time-too-old', 'time-in-future'] as const) {
    const found = refused.get(reason);
    if (found !== undefined)
      warnings.push(`${found.count} records have a time that cannot be used: ${found.example}`);
  }
  return warnings;
}

/** A slip in a path gives no error, only nothing. */
function mappingWarnings({ mapped, formats, filled }: Sample): string[] {
  return mapped.flatMap(({ id, yields }) => {
    if (!formats.has(id)) return [];
    const unfilled = yields.byDefault.filter((field) => !filled.has(field));
    const names = unfilled.map((field) => usageEventFields[field].wire).join(', ');
    return unfilled.length === 0
      ? []
      : [`the mapping ${id} names places for ${names}, where no line had anything that fits`];
  });
}

export function isPrivate(address: string): boolean {
  return ipaddr.isValid(address) && ipaddr.process(address).range() !== 'unicast';
}

function countOf(counts: ReadonlyMap<string, number>, prefix: string): number {
  let sum = 0;
  for (const [key, value] of counts) if (key.startsWith(prefix)) sum += value;
  return sum;
}

export const percent = (share: number): string =>
  share > 0 && share < 0.01 ? 'under 1 %' : `${Math.floor(share * 100)} %`;
