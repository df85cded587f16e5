import { toWire, type UsageEvent } from '../../../schemas/usage-event.ts';
import { cloudtrailLine } from './cloudtrail.ts';
import { envoyLine } from './envoy.ts';
import { kongLine } from './kong.ts';
import type { LineFormat, LineWriter } from './line.ts';
import { nginxLine } from './nginx.ts';

export { type LineFormat, type LineWriter, lineFormats } from './line.ts';

/** Canonical JSON lines: nothing is lost but what a log never holds. */
export function canonicalLine(event: UsageEvent): string {
  return JSON.stringify({ ...toWire(event), 'gateway.type': 'canonical' });
}

export const lineWriters: Readonly<Record<LineFormat, LineWriter>> = {
  envoy: envoyLine,
  kong: kongLine,
  nginx: nginxLine,
  cloudtrail: cloudtrailLine,
  canonical: canonicalLine,
};
