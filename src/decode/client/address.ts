import ipaddr from 'ipaddr.js';

export interface TrustRule {
  /** CIDR ranges of proxies whose X-Forwarded-For entries are believed. */
  readonly trustedProxies: readonly string[];
  /** Number of proxies in front of the gateway, when they have no fixed ranges. */
  readonly trustedHops: number;
}

export interface ClientAddress {
  readonly address: string | null;
  readonly source: 'peer' | 'gateway' | 'xff' | null;
  readonly peer: string | null;
}

const cachedAddresses = 20_000;
const mostHops = 32;

/** Finds the client behind trusted proxies: X-Forwarded-For is read from the right and never past the first stranger. */
export class ClientAddresses {
  readonly #ranges: readonly [ipaddr.IPv4 | ipaddr.IPv6, number][];
  readonly #hops: number;
  readonly #canonical = new Map<string, string | null>();

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
      if (client !== null) return { address: client, source: 'xff', peer: peerAddress ?? gateway };
    }
    if (gateway !== null) return { address: gateway, source: 'gateway', peer: peerAddress };
    return { address: peerAddress, source: peerAddress === null ? null : 'peer', peer: peerAddress };
  }

  /** `[2001:db8::1]:443`, `1.2.3.4:5`, `::ffff:1.2.3.4`, `fe80::1%eth0` → one canonical form; null when it is no address. */
  canonical(written: string | null): string | null {
    if (written === null) return null;
    // Ports come and go, addresses come back.
    const bare = withoutPort(written);
    const known = this.#canonical.get(bare);
    if (known !== undefined) return known;
    const address = canonicalAddress(bare);
    if (this.#canonical.size >= cachedAddresses) this.#canonical.clear();
    this.#canonical.set(bare, address);
    return address;
  }

  #walk(peer: string | null, forwarded: string): string | null {
    const entries = forwarded.split(',');
    let client = peer;
    let hops = 0;
    for (let i = entries.length - 1; i >= 0 && hops < mostHops; i -= 1) {
      const behindTrusted = hops < this.#hops || (client !== null && this.#isTrusted(client));
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

function canonicalAddress(written: string): string | null {
  if (written.length > 64) return null;
  let bare = written;
  const zone = bare.indexOf('%');
  if (zone >= 0) bare = bare.slice(0, zone);
  if (!ipaddr.isValid(bare) || (!bare.includes(':') && bare.split('.').length !== 4)) return null;
  return ipaddr.process(bare).toString();
}

/** `1.2.3.4:5` and `[::1]:5` without their port and brackets. */
function withoutPort(written: string): string {
  if (written.charCodeAt(0) === 0x5b) return written.slice(1, Math.max(1, written.indexOf(']')));
  const colon = written.indexOf(':');
  return colon < 0 || written.indexOf(':', colon + 1) >= 0 ? written : written.slice(0, colon);
}
