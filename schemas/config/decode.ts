import { z } from 'zod';
import { addressRange } from './network.ts';

export const decodeConfig = z.strictObject({
  format: z
    .string()
    .default('auto')
    .describe('Format of every record, or auto to tell them apart by signature.'),
  mappings: z
    .array(z.string().min(1))
    .default([])
    .describe(
      'Files with mappings for home-made JSON, or folders of them (.yaml, .yml), beside this file; with format auto they are tried first, in this order.',
    ),
  thread: z
    .boolean()
    .default(true)
    .describe('Decode in a thread of its own, beside judging, where there are two processors or more.'),
  hashKey: z
    .string()
    .min(16)
    .optional()
    .describe('Key of all hashes that replace secrets. Without one, a key is made in the state folder.'),
  hashKeyFile: z.string().optional().describe('File that holds the key.'),
  previousHashKey: z
    .string()
    .min(16)
    .optional()
    .describe(
      'The key before hashKey, while a rotation lasts: credentials known by it keep their baselines, incidents and declarations.',
    ),
  previousHashKeyFile: z.string().optional().describe('File that holds the key before.'),
  trustedProxies: z
    .array(addressRange)
    .default([])
    .describe(
      'CIDR ranges of proxies in front of the gateway; X-Forwarded-For is read from the right and past these only.',
    ),
  trustedHops: z
    .int()
    .min(0)
    .max(32)
    .default(0)
    .describe('Number of proxies in front of the gateway, where they have no fixed ranges.'),
  assumeTimezoneMinutes: z
    .int()
    .min(-840)
    .max(840)
    .default(0)
    .describe('Minutes east of UTC of times that are logged without a zone.'),
  countryFile: z.string().optional().describe('MMDB file with countries, in place of the bundled one.'),
  asnFile: z.string().optional().describe('MMDB file with autonomous systems, in place of the bundled ones.'),
  maxRecordBytes: z
    .int()
    .min(1024)
    .default(16_777_216)
    .describe('Bytes of one record after inflating; longer ones are refused.'),
  maxInflatedBytes: z.int().min(1024).default(67_108_864).describe('Bytes a compressed record may grow to.'),
  maxDepth: z.int().min(8).max(512).default(64).describe('Nesting of JSON; deeper records are refused.'),
  maxAheadMs: z
    .int()
    .min(0)
    .default(3_600_000)
    .describe(
      'Milliseconds an event may lie ahead of the time it was received; later ones are refused as time-in-future.',
    ),
});
export type DecodeConfig = z.output<typeof decodeConfig>;
