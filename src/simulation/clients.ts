import { integer, pick } from './distributions.ts';
import type { Random } from './random.ts';

/** One release of one client program: what the gateway sees of it. */
export interface Client {
  readonly family: string;
  readonly release: number;
  readonly userAgent: string;
  readonly ja4: string;
}

export type ClientUse = 'machine' | 'browser' | 'mobile' | 'tool' | 'agent' | 'cloud';

/** Releases of the client programs of one world, oldest first. TLS stacks are shared, as they are in life. */
export interface ClientCatalogue {
  readonly byUse: Readonly<Record<ClientUse, readonly (readonly Client[])[]>>;
  /** The release after this one of the same family, made up when the last is reached. */
  upgraded(client: Client): Client;
  /** The same program linked with another TLS library. */
  relinked(client: Client, random: Random): Client;
}

const names: Readonly<Record<ClientUse, readonly string[]>> = {
  machine: [
    'okhttp',
    'axios',
    'Go-http-client',
    'python-requests',
    'python-httpx',
    'Java-http-client',
    'node',
    'Apache-HttpClient',
    'reqwest',
    'GuzzleHttp',
    'faraday',
  ],
  browser: ['Chrome', 'Firefox', 'Safari', 'Edg'],
  mobile: ['CFNetwork', 'okhttp-android', 'Dalvik'],
  tool: ['curl', 'HTTPie', 'PostmanRuntime', 'python-requests', 'Wget', 'insomnia'],
  agent: ['openai-python', 'anthropic-sdk', 'langchain', 'mcp-client', 'autogen'],
  cloud: ['Boto3', 'aws-cli', 'aws-sdk-go-v2', 'aws-sdk-java', 'Terraform', 'aws-sdk-js'],
};

export function createClients(random: Random, companies: readonly string[]): ClientCatalogue {
  const stacks = Array.from({ length: 14 }, () => fingerprint(random));
  const families = (use: ClientUse, extra: readonly string[]) =>
    [...names[use], ...extra].map((family) => {
      const major = integer(random, 1, 9);
      const minor = integer(random, 0, 20);
      let stack = pick(random, stacks);
      return Array.from({ length: 6 }, (_, release) => {
        if (random.next() < 0.2) stack = pick(random, stacks);
        return { family, release, userAgent: userAgent(use, family, major, minor + release), ja4: stack };
      });
    });
  const byUse: Record<ClientUse, Client[][]> = {
    machine: families(
      'machine',
      companies.slice(0, 6).map((name) => `${name}-sdk`),
    ),
    browser: families('browser', []),
    mobile: families(
      'mobile',
      companies.slice(0, 2).map((name) => `${name}App`),
    ),
    tool: families('tool', []),
    agent: families('agent', []),
    cloud: families('cloud', []),
  };
  const next = new Map<string, Client>();
  for (const releases of Object.values(byUse).flat()) {
    for (const [i, client] of releases.entries()) {
      const following = releases[i + 1];
      if (following) next.set(client.userAgent, following);
    }
  }
  return {
    byUse,
    upgraded: (client) =>
      next.get(client.userAgent) ?? {
        ...client,
        release: client.release + 1,
        userAgent: `${client.userAgent}.1`,
      },
    relinked: (client, own) => ({ ...client, ja4: fingerprint(own) }),
  };
}

/** Shaped like a JA4: protocol, version, counts and ALPN, then two truncated hashes. */
function fingerprint(random: Random): string {
  const hex = () => (random.bits() >>> 0).toString(16).padStart(8, '0');
  const count = () => String(integer(random, 5, 35)).padStart(2, '0');
  return `t13d${count()}${count()}h2_${hex()}${hex().slice(0, 4)}_${hex()}${hex().slice(0, 4)}`;
}

function userAgent(use: ClientUse, family: string, major: number, minor: number): string {
  if (use === 'browser') {
    const engine =
      family === 'Firefox'
        ? `Gecko/20100101 Firefox/${120 + minor}.0`
        : `AppleWebKit/537.36 (KHTML, like Gecko) ${family}/${120 + minor}.0.0.0`;
    return `Mozilla/5.0 (${major % 2 ? 'Windows NT 10.0; Win64; x64' : 'Macintosh; Intel Mac OS X 10_15_7'}) ${engine}`;
  }
  if (use === 'mobile') return `${family}/${major}.${minor} (build ${100 + minor})`;
  if (use === 'cloud') return `${family}/${major}.${minor}.0 md/Botocore#1.${30 + minor}.0 os/linux`;
  return `${family}/${major}.${minor}.${(major * 7 + minor) % 10}`;
}
