import { z } from 'zod';

/** Metrics, health, API and pages. */
export const serverConfig = z.strictObject({
  enabled: z.boolean().default(true).describe('Serve metrics, health, API and pages.'),
  host: z
    .string()
    .min(1)
    .default('127.0.0.1')
    .describe('Address to listen on; anything but loopback needs a token.'),
  port: z.number().int().min(0).max(65_535).default(9711).describe('TCP port; 0: any free one.'),
  token: z.string().min(16).nullable().default(null).describe('Access token; prefer tokenFile.'),
  tokenFile: z.string().nullable().default(null).describe('File that holds the access token.'),
  openMetrics: z
    .boolean()
    .default(false)
    .describe('Serve /metrics without the token; its labels hold no credential, address or path.'),
});
export type ServerConfig = z.output<typeof serverConfig>;
