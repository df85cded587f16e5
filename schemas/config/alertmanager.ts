import { z } from 'zod';
import { httpAuthOptions } from './http-auth.ts';

/** Alerts to Prometheus Alertmanager. */
export const alertmanagerConfig = z.strictObject({
  urls: z
    .array(z.url({ protocol: /^https?$/ }))
    .max(16)
    .default([])
    .describe('Addresses of every Alertmanager of a cluster, not of a load balancer; empty: off.'),
  ...httpAuthOptions,
  resendIntervalMs: z
    .number()
    .int()
    .min(1000)
    .default(60_000)
    .describe('Firing alerts are sent again so often, ms; Alertmanager takes silence for resolved.'),
  timeoutMs: z.number().int().min(100).default(10_000).describe('Longest wait for one answer, ms.'),
  retryFirstMs: z.number().int().min(1).default(500).describe('Wait before the first retry, ms; doubles.'),
  retryMaxMs: z.number().int().min(1).default(30_000).describe('Longest wait between retries, ms.'),
  externalLabels: z
    .record(z.string().regex(/^[a-zA-Z_][a-zA-Z0-9_]{0,99}$/, 'Not a label name'), z.string().max(200))
    .default({})
    .describe('Labels added to every alert, such as the environment.'),
  publicUrl: z
    .url({ protocol: /^https?$/ })
    .nullable()
    .default(null)
    .describe('Address at which people reach the pages of Bearerwatch; becomes the source link.'),
});
export type AlertmanagerConfig = z.output<typeof alertmanagerConfig>;
