import { z } from 'zod';
import { alertStates, severities } from '../alert.ts';
import { httpAuthOptions } from './http-auth.ts';

const endpoint = z.strictObject({
  url: z.url({ protocol: /^https?$/ }).describe('Address that takes a POST for each state of an alert.'),
  ...httpAuthOptions,
  secret: z.string().min(16).nullable().default(null).describe('Key of the signature; prefer secretFile.'),
  secretFile: z.string().nullable().default(null).describe('File that holds the key of the signature.'),
  minSeverity: z.enum(severities).default('low').describe('Lower alerts are not sent.'),
  states: z
    .array(z.enum(alertStates))
    .default([...alertStates])
    .describe('States that are sent.'),
  timeoutMs: z.number().int().min(100).default(10_000).describe('Longest wait for one answer, ms.'),
  retryFirstMs: z.number().int().min(1).default(500).describe('Wait before the first retry, ms; doubles.'),
  retryMaxMs: z.number().int().min(1).default(60_000).describe('Longest wait between retries, ms.'),
});
export type WebhookEndpoint = z.output<typeof endpoint>;

/** Alerts as signed JSON to endpoints of one's own. */
export const webhookConfig = z.strictObject({
  endpoints: z.array(endpoint).max(32).default([]).describe('Where to; empty: off.'),
});
export type WebhookConfig = z.output<typeof webhookConfig>;
