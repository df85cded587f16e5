import { z } from 'zod';

/** How a client of ours proves itself to an HTTP endpoint; the same words wherever one is configured. */
export const httpAuthOptions = {
  user: z.string().min(1).nullable().default(null).describe('User for basic authentication.'),
  password: z.string().nullable().default(null).describe('Password; prefer passwordFile.'),
  passwordFile: z.string().nullable().default(null).describe('File that holds the password.'),
  bearerToken: z.string().nullable().default(null).describe('Bearer token; prefer bearerTokenFile.'),
  bearerTokenFile: z.string().nullable().default(null).describe('File that holds the bearer token.'),
  tls: z
    .strictObject({
      caFile: z.string().nullable().default(null).describe('PEM file of the authority to trust.'),
      certFile: z.string().nullable().default(null).describe('PEM file of the client certificate.'),
      keyFile: z.string().nullable().default(null).describe('PEM file of the client key.'),
    })
    .prefault({})
    .describe('TLS for an https address.'),
};
export type HttpAuth = z.output<z.ZodObject<typeof httpAuthOptions>>;
