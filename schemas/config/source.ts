import { z } from 'zod';

export const kafkaTls = z.strictObject({
  enabled: z.boolean().default(false).describe('Talk TLS to the brokers.'),
  caFile: z
    .string()
    .optional()
    .describe("PEM file with the authority that signed the brokers; default: the system's."),
  certFile: z.string().optional().describe('PEM file with the client certificate.'),
  keyFile: z.string().optional().describe('PEM file with its key.'),
  serverName: z
    .string()
    .optional()
    .describe("Name the broker's certificate must carry, when it is not its host."),
});

export const kafkaSasl = z.strictObject({
  mechanism: z
    .enum(['none', 'plain', 'scram-sha-256', 'scram-sha-512', 'oauthbearer'])
    .default('none')
    .describe('How to log in.'),
  username: z.string().optional().describe('User, for plain and scram.'),
  password: z.string().optional().describe('Password, for plain and scram.'),
  passwordFile: z.string().optional().describe('File that holds the password.'),
  tokenFile: z.string().optional().describe('File that holds the bearer token; read again at every login.'),
});

export const kafkaSource = z.strictObject({
  brokers: z.array(z.string().min(3)).min(1).describe('host:port of at least one broker.'),
  topics: z
    .array(z.string().min(1))
    .min(1)
    .describe('Topics to read; * stands for any run of characters: gateway.*'),
  groupId: z
    .string()
    .min(1)
    .default('bearerwatch')
    .describe('Consumer group; its members share the partitions.'),
  clientId: z.string().min(1).default('bearerwatch').describe("Name shown in the brokers' logs."),
  from: z
    .union([z.enum(['earliest', 'latest']), z.iso.datetime({ offset: true })])
    .default('latest')
    .describe(
      'Where the group begins in a topic in which it has no position: earliest, latest, or a time such as 2026-11-01T00:00:00Z. Topics that a pattern finds later are read from their beginning.',
    ),
  topicRefreshMs: z
    .int()
    .min(1000)
    .default(60_000)
    .describe(
      'Milliseconds between looks for topics that have come or gone under a pattern, and for partitions that were added.',
    ),
  format: z.string().default('auto').describe('Format of the records, or auto.'),
  deadLetterTopic: z
    .string()
    .nullable()
    .default(null)
    .describe('Topic for records that could not be decoded; null: file only.'),
  maxBytesPerPartition: z
    .int()
    .min(1024)
    .default(4_194_304)
    .describe('Bytes fetched from a partition at once.'),
  sessionTimeoutMs: z
    .int()
    .min(6000)
    .default(45_000)
    .describe('Silence after which the group takes the partitions away.'),
  connectPatienceMs: z
    .int()
    .min(0)
    .default(0)
    .describe('Milliseconds to wait for brokers at the start; 0: for ever.'),
  tls: kafkaTls.prefault({}).describe('TLS.'),
  sasl: kafkaSasl.prefault({}).describe('Login.'),
});
export type KafkaSourceConfig = z.output<typeof kafkaSource>;

export const fileSource = z.strictObject({
  paths: z.array(z.string().min(1)).min(1).describe('Log files, read in this order.'),
  follow: z.boolean().default(true).describe('Go on at the end, through rotation, as tail -F does.'),
  format: z.string().default('auto').describe('Format of the lines, or auto.'),
});

export const httpSource = z.strictObject({
  enabled: z.boolean().default(false).describe("Take records by POST /ingest on the service's own server."),
  token: z
    .string()
    .min(16)
    .optional()
    .describe('Bearer token callers must present; needed when the server is not on loopback.'),
  tokenFile: z.string().optional().describe('File that holds the token.'),
  format: z.string().default('auto').describe('Format of the records, or auto.'),
  maxBodyBytes: z.int().min(1024).default(16_777_216).describe('Bytes of one request, after inflating.'),
  maxWaiting: z
    .int()
    .min(1)
    .default(64)
    .describe(
      'Requests held while the pipeline is busy, or whose bodies are still coming; further ones get 429.',
    ),
  answerWithinMs: z
    .int()
    .min(100)
    .default(30_000)
    .describe('Milliseconds until a request whose records are not safe yet gets 503.'),
});
export type HttpSourceConfig = z.output<typeof httpSource>;

export const sourceConfig = z
  .strictObject({
    kafka: kafkaSource.optional().describe('Read topics.'),
    file: fileSource.optional().describe('Read files.'),
    http: httpSource.prefault({}).describe('Take records by HTTP.'),
  })
  .refine(
    ({ kafka, file, http }) =>
      [kafka !== undefined, file !== undefined, http.enabled].filter(Boolean).length <= 1,
    {
      message: 'only one of kafka, file and http can be the source',
    },
  );
