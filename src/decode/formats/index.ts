import type { Format } from '../format.ts';
import { canonical } from './canonical.ts';
import { cloudtrail } from './cloudtrail.ts';
import { envoy } from './envoy.ts';
import { kong } from './kong.ts';
import { nginx, nginxCombined } from './nginx.ts';

/** Every format in the order in which its signature is tried: the most particular first. */
export const formats: readonly Format[] = [cloudtrail, kong, canonical, envoy, nginx, nginxCombined];
