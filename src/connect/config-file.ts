import { stringify } from 'yaml';
import type { Sample } from './sample.ts';
import { isPrivate } from './warnings.ts';

/** Where the sample came from, as the service will read it. */
export type SampleOrigin =
  | { readonly kind: 'files'; readonly paths: readonly string[] }
  | { readonly kind: 'stdin' }
  | { readonly kind: 'topics'; readonly brokers: readonly string[]; readonly topics: readonly string[] };

/** A configuration that reads the same log as the sample; only what differs from the defaults. `mappings` are absolute paths. */
export function configTextFor(sample: Sample, origin: SampleOrigin, mappings: readonly string[]): string {
  const decode: Record<string, unknown> = {};
  if (mappings.length > 0) decode['mappings'] = mappings;
  const [only] = [...sample.formats.values()];
  // A single format is pinned: a stray line is then refused by name and never taken for another format.
  if (only !== undefined && sample.formats.size === 1 && sample.refused.size === 0)
    decode['format'] = only.format.id;
  const [client] = [...sample.clients.keys()];
  if (
    client !== undefined &&
    sample.clients.size === 1 &&
    isPrivate(client) &&
    sample.forwarded > sample.records / 2
  )
    decode['trustedProxies'] = [client];
  const config: Record<string, unknown> = { source: sourceOf(origin) };
  if (Object.keys(decode).length > 0) config['decode'] = decode;
  return `# Written by bearerwatch connect. Check it with: bearerwatch check-config FILE\n${stringify(config)}`;
}

function sourceOf(origin: SampleOrigin): object {
  switch (origin.kind) {
    case 'files':
      return { file: { paths: origin.paths } };
    case 'topics':
      return { kafka: { brokers: origin.brokers, topics: origin.topics } };
    case 'stdin':
      return { http: { enabled: true } };
  }
}
