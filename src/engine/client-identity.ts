import type { UsageEvent } from '../../schemas/usage-event.ts';
import { hash32, hash32Joined, mix32 } from '../stats/hash.ts';
import { HashCache } from './hash-cache.ts';

const dot = 46;
const shortSuffix = '.0/24';
const longSuffix = '::/48';

/** /24 of an IPv4 address, /48 of an IPv6 one, as text; empty when there is no address. */
export function networkPrefix(address: string | null): string {
  if (address === null || address === '') return '';
  return address.includes(':')
    ? address.slice(0, endOfThreeGroups(address)) + longSuffix
    : address.slice(0, endOfThreeNumbers(address)) + shortSuffix;
}

/** Hash of the /24 or /48; 0 without an address. */
export function networkHash(address: string | null): number {
  if (address === null || address === '') return 0;
  return address.includes(':')
    ? hash32Joined(address, endOfThreeGroups(address), longSuffix)
    : hash32Joined(address, endOfThreeNumbers(address), shortSuffix);
}

function endOfThreeNumbers(address: string): number {
  let end = address.length - 1;
  while (end >= 0 && address.charCodeAt(end) !== dot) end -= 1;
  return end < 0 ? address.length - 1 : end;
}

function endOfThreeGroups(address: string): number {
  let end = 0;
  for (let groups = 0; groups < 3; groups += 1) {
    const colon = address.indexOf(':', end);
    if (colon < 0 || colon === end) break;
    end = colon + 1;
  }
  return Math.max(0, end - 1);
}

/** Where the client stands in the network, coarsely: its autonomous system, else a /16 or /32. */
export function placeHash(event: UsageEvent): number {
  if (event.clientAsn !== null) return mix32(event.clientAsn, 0x6173);
  const address = event.clientAddress;
  return address === null || address === '' ? 0 : wideHash(address);
}

function wideHash(address: string): number {
  const separator = address.includes(':') ? ':' : '.';
  const second = address.indexOf(separator, address.indexOf(separator) + 1);
  return hash32Joined(address, second < 0 ? address.length : second, '', 7);
}

/** What the client is: user agent without version numbers, with the TLS fingerprint where there is one. */
export function clientHash(event: UsageEvent): number {
  const agent = event.userAgent === null ? 0 : agentHashes.of(event.userAgent);
  const tls = event.ja4 ?? event.ja3;
  if (tls === null) return agent;
  return mix32(agent, tlsHashes.of(tls));
}

/** What a client is made of: the program without its versions, and its TLS library. 0 where it is not logged. */
export function clientParts(event: UsageEvent): readonly [agent: number, tls: number] {
  const tls = event.ja4 ?? event.ja3;
  return [
    event.userAgent === null ? 0 : agentHashes.of(event.userAgent),
    tls === null ? 0 : tlsHashes.of(tls),
  ];
}

const longestAgent = 160;

/** Digits and dots are left out, so that an upgrade is the same client. */
function agentHash(agent: string): number {
  let hash = 0x2545f491;
  const length = Math.min(agent.length, longestAgent);
  for (let i = 0; i < length; i += 1) {
    const code = agent.charCodeAt(i);
    if ((code >= 48 && code <= 57) || code === dot) continue;
    hash = Math.imul(hash ^ code, 0xcc9e2d51);
    hash ^= hash >>> 15;
  }
  return hash >>> 0 || 1;
}

const cached = 20_000;
const agentHashes = new HashCache(cached, agentHash);
const tlsHashes = new HashCache(cached, (tls) => hash32(tls, 11));

/** Name of a client for people. */
export function clientName(event: UsageEvent): string {
  const agent = (event.userAgent ?? '').slice(0, 80);
  const tls = event.ja4 ?? event.ja3;
  if (tls === null) return agent;
  return agent === '' ? `TLS ${tls}` : `${agent} (TLS ${tls})`;
}
