import { z } from 'zod';
import { network } from './network.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

export const alertsConfig = z.strictObject({
  perDay: z
    .number()
    .positive()
    .default(5)
    .describe('The budget: behavioural alerts a day over all credentials. The threshold follows from it.'),
  resolveAfterMs: z
    .number()
    .int()
    .min(minuteMs)
    .default(hourMs)
    .describe('Milliseconds of event time without further evidence after which an incident resolves.'),
});

export const engineConfig = z.strictObject({
  allowedLatenessMs: z
    .number()
    .int()
    .min(0)
    .default(2 * minuteMs)
    .describe('Milliseconds an event may trail the newest one of its partition before it counts as late.'),
  maxAheadMs: z
    .number()
    .int()
    .min(0)
    .default(5 * minuteMs)
    .describe(
      'Milliseconds an event may lie ahead of the time it was received; further ahead it is refused.',
    ),
  maxCredentials: z
    .number()
    .int()
    .min(1)
    .default(1_000_000)
    .describe('Credentials kept at most; above it the longest idle one is evicted.'),
  idleEvictionMs: z
    .number()
    .int()
    .min(hourMs)
    .default(60 * dayMs)
    .describe('Milliseconds of event time without use after which a baseline is dropped.'),
  modelFile: z
    .string()
    .optional()
    .describe('Trained combination of the evidence, in place of the one that comes with the detectors.'),
});

const anyOf = (what: string) => z.array(z.string().min(1)).optional().describe(what);

export const declaredUse = z.strictObject({
  networks: z
    .array(network)
    .optional()
    .describe('Networks it may come from: CIDR (10.0.0.0/8) or autonomous system (AS64500).'),
  clients: anyOf('Starts of the user agents it may be used with.'),
  routes: anyOf('Routes it may call, * for any run of characters: GET /orders/*.'),
  scopes: anyOf('Scopes its tokens may carry.'),
  environments: anyOf('Environments it may be used in.'),
  hours: z
    .strictObject({ from: z.int().min(0).max(23), to: z.int().min(1).max(24) })
    .optional()
    .describe('Hours of the day in UTC, from inclusive to exclusive; from above to spans midnight.'),
});

const inventoryEntry = z.strictObject({
  credential: z.string().min(1).describe('Credential id, or a pattern with * for any run of characters.'),
  owner: z.string().optional().describe('Who answers for it: a team, a person or an address.'),
  environment: z.string().optional().describe('Where it may be used, e.g. production.'),
  decoy: z.boolean().default(false).describe('Nobody may use it: any call with it alerts.'),
  declared: declaredUse.optional().describe('What it is for; anything else is a violation.'),
});

export const listsConfig = z.strictObject({
  revokedFile: z
    .string()
    .optional()
    .describe('File with one revoked credential or token id a line; read again on reload.'),
  audiences: z
    .array(z.string().min(1))
    .default([])
    .describe('Audiences a token may carry; empty: any audience is accepted.'),
  inventory: z
    .array(inventoryEntry)
    .default([])
    .describe('Owners and environments of credentials; the first matching entry counts.'),
});

export type AlertsConfig = z.output<typeof alertsConfig>;
export type EngineConfig = z.output<typeof engineConfig>;
export type ListsConfig = z.output<typeof listsConfig>;
export type DeclaredUse = z.output<typeof declaredUse>;
