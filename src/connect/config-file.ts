import { stringify } from 'yaml';
import type { Sample } from './sample.ts';
import { isPrivate, loadBalancerOf } from './warnings.ts';

/** Where the sample came from, as the service will read it. */
export type SampleOrigin =
  /** Compressed files do not grow. */
  | { readonly kind: 'files'; readonly paths: readonly string[]; readonly areCompressed: boolean }
  | { readonly kind: 'stdin' }
  | { readonly kind: 'topics'; readonly brokers: readonly string[]; readonly topics: readonly string[] };

/**
 * A configuration that reads the same log as the sample; only what differs from the defaults. `mappings`
 * are absolute paths. No format is pinned unless the user did: the advice is to log in another one.
 */
export function configTextFor(
  sample: Sample,
  origin: SampleOrigin,
  mappings: readonly string[],
  pinned: string | undefined,
): string {
  const decode: Record<string, unknown> = {};
  if (mappings.length > 0) decode['mappings'] = mappings;
  if (pinned !== undefined) decode['format'] = pinned;
  const balancer = loadBalancerOf(sample);
  if (balancer !== null && isPrivate(balancer) && sample.forwarded > sample.records / 2)
    decode['trustedProxies'] = [balancer];
  const config: Record<string, unknown> = { source: sourceOf(origin) };
  if (Object.keys(decode).length > 0) config['decode'] = decode;
  return `# Written by bearerwatch connect. Check it with: bearerwatch check-config FILE\n${stringify(config)}`;
}

function sourceOf(origin: SampleOrigin): object {
  switch (origin.kind) {
    case 'files':
      return { file: { paths: origin.paths, ...(origin.areCompressed ? { follow: false } : {}) } };
    case 'topics':
      return { kafka: { brokers: origin.brokers, topics: origin.topics } };
    case 'stdin':
      return { http: { enabled: true } };
  }
}
