import { z } from 'zod';

const identifier = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,63}$/, 'Letters, digits and underscores only');
const days = z.number().int().min(1).max(36_500);

/** Where alerts, scores and dead letters are kept. */
export const clickhouseConfig = z.strictObject({
  enabled: z.boolean().default(true).describe('Store alerts, scores and dead letters in ClickHouse.'),
  url: z
    .url({ protocol: /^https?$/ })
    .nullable()
    .default(null)
    .describe('HTTP address of a ClickHouse server; null: embedded, in the state folder.'),
  database: identifier.default('bearerwatch').describe('Database that holds the tables; made when absent.'),
  cluster: identifier
    .nullable()
    .default(null)
    .describe('Cluster name: tables become replicated and statements run ON CLUSTER; null: one server.'),
  user: z.string().min(1).default('default').describe('User on the server.'),
  password: z.string().nullable().default(null).describe('Password; prefer passwordFile.'),
  passwordFile: z.string().nullable().default(null).describe('File that holds the password.'),
  tls: z
    .strictObject({
      caFile: z.string().nullable().default(null).describe('PEM file of the authority to trust.'),
      certFile: z.string().nullable().default(null).describe('PEM file of the client certificate.'),
      keyFile: z.string().nullable().default(null).describe('PEM file of the client key.'),
    })
    .prefault({})
    .describe('TLS for an https address.'),
  migrate: z
    .boolean()
    .default(true)
    .describe('Apply missing migrations at start; false: only check, and stop when some are missing.'),
  requestTimeoutMs: z.number().int().min(100).default(30_000).describe('Longest wait for one insert, ms.'),
  maxBufferedRows: z
    .number()
    .int()
    .min(1)
    .default(100_000)
    .describe('Rows waiting for ClickHouse before the source is made to wait.'),
  retryFirstMs: z.number().int().min(1).default(250).describe('Wait before the first retry, ms; doubles.'),
  retryMaxMs: z.number().int().min(1).default(30_000).describe('Longest wait between retries, ms.'),
  refusalPatienceMs: z
    .number()
    .int()
    .min(0)
    .default(600_000)
    .describe(
      'How long a refusal that time alone does not mend (wrong password, missing column) is retried before the service stops, ms.',
    ),
  alertRetentionDays: days.default(1095).describe('Alerts and their history are kept this long, days.'),
  scoreRetentionDays: days.default(90).describe('Credential-hour scores are kept this long, days.'),
  deadLetterRetentionDays: days.default(30).describe('Dead letters are kept this long, days.'),
  eventRetentionDays: days.default(14).describe('Usage events are kept this long, days.'),
  eventSampleRate: z
    .number()
    .min(0)
    .max(1)
    .default(0)
    .describe('Share of credentials whose usage events are stored, 0 to 1; 0: none.'),
});
export type ClickHouseConfig = z.output<typeof clickhouseConfig>;
