import { z } from 'zod';
import { position } from './position.ts';
import { credentialSources, credentialTypes } from './usage-event.ts';

/** Raised whenever a field is added (minor) or changes meaning (major). */
export const alertSchemaVersion = '1.2';

export const families = ['replay', 'scraping', 'out-of-pattern', 'lifecycle'] as const;
export type Family = (typeof families)[number];
export const severities = ['low', 'medium', 'high', 'critical'] as const;
export type Severity = (typeof severities)[number];
/** Names the lane that finds alerts of kind `change`, where others name a detector. */
export const changeDetector = 'common-change';
export const alertStates = ['firing', 'resolved'] as const;

/** How often this value was seen before, as one word. */
export const frequencyClasses = ['UNSEEN', 'RARE', 'INFREQUENT', 'FREQUENT'] as const;

const epochMs = z.number().int().min(0);

export const evidence = z.strictObject({
  detector: z.string(),
  family: z.enum(families),
  kind: z.enum(['behavioural', 'violation']),
  feature: z.string().describe('The measured quantity.'),
  bits: z.number().describe('Contribution to the score; violations carry their fixed weight.'),
  observed: z.union([z.number(), z.string()]),
  expected: z.union([z.number(), z.string()]),
  text: z.string().describe('One sentence in plain words with observed and expected.'),
  credentialFrequency: z.enum(frequencyClasses).nullable(),
  peerFrequency: z.enum(frequencyClasses).nullable(),
});
export type Evidence = z.output<typeof evidence>;

export const exampleEvent = z.strictObject({
  at: position.nullable(),
  event: z.record(z.string(), z.unknown()).describe('Canonical event, redacted.'),
});

export const alert = z.strictObject({
  version: z.string(),
  id: z.string().describe('Deterministic: a repeat of the same input gives the same id.'),
  state: z.enum(alertStates),
  kind: z
    .enum(['behavioural', 'violation', 'group', 'change'])
    .describe(
      '`group`: incidents of several credentials; `change`: what many credentials newly show at once.',
    ),
  simulated: z.boolean().describe('True only for events of the built-in simulation.'),
  title: z.string(),
  summary: z.string(),
  severity: z.enum(severities),
  family: z.enum(families),
  detectors: z.array(z.string()),
  credential: z.strictObject({
    id: z.string(),
    type: z.enum(credentialTypes),
    source: z.enum(credentialSources),
    name: z.string().nullable(),
    consumer: z.string().nullable(),
    owner: z.string().nullable(),
    gateway: z.string(),
  }),
  members: z.array(z.string()).describe('Other credentials of a group or a change.'),
  campaign: z
    .string()
    .nullable()
    .default(null)
    .describe('Id of the group alert that tells of this one: it is kept, and nobody is called for it.'),
  scoreBits: z.number(),
  thresholdBits: z.number(),
  trust: z.number().min(0).max(100),
  firstEventMs: epochMs,
  lastEventMs: epochMs,
  raisedAtMs: epochMs.describe('Event time at which the incident was raised.'),
  resolvedAtMs: epochMs.nullable(),
  events: z.number().int().describe('Events of the credential while the incident was open.'),
  evidence: z.array(evidence),
  usual: z.strictObject({
    networks: z.array(z.string()),
    clients: z.array(z.string()),
    operations: z.array(z.string()),
    hours: z.string(),
    requestsPerHour: z.number(),
    learning: z.string().describe('State of the baseline in words.'),
  }),
  now: z.strictObject({
    networks: z.array(z.string()),
    clients: z.array(z.string()),
    operations: z.array(z.string()),
  }),
  normalWouldBe: z.string(),
  counterfactuals: z.array(z.string()).describe('What the score would be without each family of evidence.'),
  examples: z.array(exampleEvent),
  attack: z.array(z.string()).describe('MITRE ATT&CK techniques.'),
  owasp: z.array(z.string()).describe('OWASP API and NHI items.'),
  runbook: z.string(),
  actions: z.array(z.string()).describe('What to do, in order.'),
});
export type Alert = z.output<typeof alert>;
