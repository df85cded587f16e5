import ipaddr from 'ipaddr.js';
import type { Location } from './location.ts';

export interface TrustRule {
  /** CIDR ranges of proxies whose X-Forwarded-For entries are believed. */
  readonly trustedProxies: readonly string[];
  /** Number of proxies in front of the gateway, when they have no fixed ranges. */
  readonly trustedHops: number;
}

/** One object for all events of an address, with what was once looked up for it. */
export interface Address {
  readonly text: string;
  location: Location | null;
  /** Credential of those who call from it without one. */
  anonymousId: string | null;
}

export interface ClientAddress {
  readonly address: string | null;
  readonly known: Address | null;
  readonly source: 'peer' | 'gateway' | 'xff' | null;
  readonly peer: string | null;
}

const cachedAddresses = 50_000;
const mostHops = 32;

/** Finds the client behind trusted proxies: X-Forwarded-For is read from the right and never past the first stranger. */
export class ClientAddresses {
  readonly #ranges: readonly [ipaddr.IPv4 | ipaddr.IPv6, number][];
  readonly #hops: number;
  readonly #canonical = new Map<string, Address | null>();
  /** Addresses of version 4 by their number. */
  readonly #quads = new Map<number, Address>();

  constructor({ trustedProxies, trustedHops }: TrustRule) {
    this.#ranges = trustedProxies.map((range) =>
      ipaddr.parseCIDR(range.includes('/') ? range : `${range}/${range.includes(':') ? 128 : 32}`),
    );
    this.#hops = trustedHops;
  }

  /**
   * `resolved` is the gateway's own answer, `peer` the other end of its connection. Without a rule of
   * ours the gateway's answer stands.
   */
  of(peer: string | null, resolved: string | null, forwarded: string | null): ClientAddress {
    const peerAddress = this.canonical(peer);
    const gateway = this.canonical(resolved);
    const hasRule = this.#ranges.length > 0 || this.#hops > 0;
    if (hasRule && forwarded !== null) {
      const client = this.#walk(peerAddress ?? gateway, forwarded);
      if (client !== null) return clientOf(client, 'xff', peerAddress ?? gateway);
    }
    if (gateway !== null) return clientOf(gateway, 'gateway', peerAddress);
    return clientOf(peerAddress, peerAddress === null ? null : 'peer', peerAddress);
  }

  /** `[2001:db8::1]:443`, `1.2.3.4:5`, `::ffff:1.2.3.4`, `fe80::1%eth0` → one canonical form; null when it is no address. */
  canonical(written: string | null): Address | null {
    if (written === null) return null;
    const quad = numberOfQuad(written);
    // The 32 bits as they are: a number of 31 and a sign is looked up faster.
    if (quad >= 0) return this.#ofQuad(quad | 0, written);
    // Ports come and go, addresses come back.
    const bare = withoutPort(written);
    const known = this.#canonical.get(bare);
    if (known !== undefined) return known;
    const text = canonicalAddress(bare);
    const address = text === null ? null : { text, location: null, anonymousId: null };
    if (this.#canonical.size >= cachedAddresses) this.#canonical.clear();
    this.#canonical.set(bare, address);
    return address;
  }

  #ofQuad(quad: number, written: string): Address {
    const known = this.#quads.get(quad);
    if (known !== undefined) return known;
    const address = { text: withoutPort(written), location: null, anonymousId: null };
    if (this.#quads.size >= cachedAddresses) this.#quads.clear();
    this.#quads.set(quad, address);
    return address;
  }

  #walk(peer: Address | null, forwarded: string): Address | null {
    const entries = forwarded.split(',');
    let client = peer;
    let hops = 0;
    for (let i = entries.length - 1; i >= 0 && hops < mostHops; i -= 1) {
      const behindTrusted = hops < this.#hops || (client !== null && this.#isTrusted(client.text));
      if (!behindTrusted) break;
      const next = this.canonical((entries[i] as string).trim());
      if (next === null) break;
      client = next;
      hops += 1;
    }
    return hops === 0 ? null : client;
  }

  #isTrusted(address: string): boolean {
    const parsed = ipaddr.process(address);
    return this.#ranges.some(([range, bits]) => range.kind() === parsed.kind() && parsed.match(range, bits));
  }
}

function clientOf(
  known: Address | null,
  source: ClientAddress['source'],
  peer: Address | null,
): ClientAddress {
  return { address: known?.text ?? null, known, source, peer: peer?.text ?? null };
}

function canonicalAddress(written: string): string | null {
  if (written.length > 64) return null;
  let bare = written;
  const zone = bare.indexOf('%');
  if (zone >= 0) bare = bare.slice(0, zone);
  if (!ipaddr.isValid(bare) || (!bare.includes(':') && bare.split('.').length !== 4)) return null;
  return ipaddr.process(bare).toString();
}

/**
 * Number of `1.2.3.4` and `1.2.3.4:5`, by far the commonest; −1 for all else, also for spellings that
 * are not canonical, as leading zeros.
 */
function numberOfQuad(written: string): number {
  const { length } = written;
  let quad = 0;
  let part = 0;
  let digits = 0;
  let parts = 0;
  let at = 0;
  for (; at < length; at += 1) {
    const code = written.charCodeAt(at);
    if (code >= 48 && code <= 57) {
      if (digits > 0 && part === 0) return -1;
      part = part * 10 + code - 48;
      digits += 1;
      if (part > 255) return -1;
    } else if (code === 46 && digits > 0 && parts < 3) {
      quad = quad * 256 + part;
      part = 0;
      digits = 0;
      parts += 1;
    } else break;
  }
  if (parts !== 3 || digits === 0) return -1;
  const isWhole = at === length || (written.charCodeAt(at) === 0x3a && written.indexOf(':', at + 1) < 0);
  return isWhole ? quad * 256 + part : -1;
}

/** `1.2.3.4:5` and `[::1]:5` without their port and brackets. */
function withoutPort(written: string): string {
  if (written.charCodeAt(0) === 0x5b) return written.slice(1, Math.max(1, written.indexOf(']')));
  const colon = written.indexOf(':');
  return colon < 0 || written.indexOf(':', colon + 1) >= 0 ? written : written.slice(0, colon);
}
