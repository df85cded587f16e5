import type { Gateway } from './credential.ts';
import { chance, sample, uniform } from './distributions.ts';
import { word } from './names.ts';
import type { WorldParameters } from './parameters.ts';
import type { Random } from './random.ts';

/** Gateways that lack fields in the shares the world asks for; cloud accounts have trails of their own. */
export function createGateways(random: Random, parameters: WorldParameters): Gateway[] {
  const without = (share: number, count: number) => {
    const dropped = Math.floor(share * count + random.next());
    return new Set(
      sample(
        random,
        Array.from({ length: count }, (_, i) => i),
        dropped,
      ),
    );
  };
  const build = (count: number, type: (i: number) => string): Gateway[] => {
    const client = without(parameters.withoutClientShare, count);
    const tls = without(parameters.withoutTlsShare, count);
    const object = without(parameters.withoutObjectShare, count);
    const network = without(parameters.withoutNetworkShare, count);
    const token = without(parameters.withoutTokenShare, count);
    const bytes = without(parameters.withoutBytesShare, count);
    const sampled = without(parameters.sampledShare, count);
    return Array.from({ length: count }, (_, i) => ({
      name: `gw-${word(random)}`,
      type: type(i),
      logsClient: !client.has(i),
      logsTls: type(i) !== 'cloudtrail' && !tls.has(i),
      logsObject: !object.has(i),
      logsNetwork: !network.has(i),
      logsToken: !token.has(i),
      logsBytes: !bytes.has(i),
      sampleRate: sampled.has(i) ? 0.1 : 1,
      skewMs: chance(random, 0.25) ? Math.round(uniform(random, -90_000, 90_000)) : 0,
    }));
  };
  return [...build(12, (i) => ['envoy', 'kong', 'nginx'][i % 3] as string), ...build(6, () => 'cloudtrail')];
}
