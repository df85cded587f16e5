import { z } from 'zod';
import { credentialTypes, usageEventFields } from './usage-event.ts';

/**
 * A user-written mapping: which places of a home-made JSON line hold what an event needs. It is data
 * only. Everything it can say is in this schema, and its reference page is generated from it.
 */

const longestPath = 256;
const mostSteps = 16;

const path = z
  .string()
  .min(1)
  .max(longestPath)
  .refine((value) => value.split('.').every((step) => step !== ''), {
    error: 'has an empty step; write names with one dot between them, such as request.path',
  })
  .refine((value) => value.split('.').length <= mostSteps, {
    error: `has more than ${mostSteps} steps; a line is not read that deep`,
  });

const scalar = z.union([z.string().max(longestPath), z.number(), z.boolean()]);

/** How a value may be read, by the kind of field it is for; the first is what happens when nothing is said. */
export const coercions = {
  time: ['any-time', 'epoch-s', 'epoch-ms', 'epoch-us', 'epoch-ns', 'rfc3339'],
  duration: ['milliseconds', 'seconds', 'microseconds', 'nanoseconds', 'go-duration'],
  size: ['bytes', 'kilobytes'],
  status: ['status', 'integer'],
  whole: ['integer'],
  number: ['number'],
  flag: ['boolean'],
  list: ['list'],
  text: ['string'],
  request: ['string', 'split-method-path'],
} as const;

export type TargetKind = keyof typeof coercions;
export type Coercion = (typeof coercions)[TargetKind][number];

/** What each coercion takes, for the reference page. */
export const coercionMeanings: Readonly<Record<Coercion, string>> = {
  'any-time':
    'A number of seconds, milliseconds, microseconds or nanoseconds, told by its size; ISO 8601; the common log format.',
  'epoch-s': 'Seconds since 1970, with or without a fraction.',
  'epoch-ms': 'Milliseconds since 1970.',
  'epoch-us': 'Microseconds since 1970.',
  'epoch-ns': 'Nanoseconds since 1970.',
  rfc3339: 'Text such as 2026-01-05T10:00:00.250Z; a number is refused.',
  milliseconds: 'A number of milliseconds.',
  seconds: 'A number of seconds, with or without a fraction.',
  microseconds: 'A number of microseconds.',
  nanoseconds: 'A number of nanoseconds.',
  'go-duration': 'Text such as 12.5ms or 1m2s.',
  bytes: 'A number of bytes.',
  kilobytes: 'A number of units of 1000 bytes.',
  status: 'A status code, also as text, with or without its words (200 OK); of a list the last.',
  integer: 'A whole number, also as text.',
  number: 'A number, also as text.',
  boolean: 'true or false, also as text; 1 or 0.',
  list: 'A list of texts, or one text with blanks or commas between its parts.',
  string: 'Text; a number becomes its digits.',
  'split-method-path': 'A request line such as GET /orders/7 HTTP/1.1: the field takes its part of it.',
};

/** Fields that are no plain text, by dotted name. */
const kinds: ReadonlyMap<string, TargetKind> = new Map([
  ['timestamp', 'time'],
  ['token.issued_at', 'time'],
  ['token.expires_at', 'time'],
  ['duration_ms', 'duration'],
  ['upstream.duration_ms', 'duration'],
  ['http.request.size', 'size'],
  ['http.response.size', 'size'],
  ['http.response.status_code', 'status'],
  ['client.as.number', 'whole'],
  ['gen_ai.usage.input_tokens', 'whole'],
  ['gen_ai.usage.output_tokens', 'whole'],
  ['gen_ai.cost_usd', 'number'],
  ['object.number', 'number'],
  ['page.number', 'number'],
  ['sample_rate', 'number'],
  ['token.single_use', 'flag'],
  ['token.audience', 'list'],
  ['token.scopes', 'list'],
  ['http.request.method', 'request'],
  ['url.path', 'request'],
]);

/** Found out by decoding itself, or said in a section of their own. */
const notMapped = new Set([
  'observed_timestamp',
  'gateway.type',
  'credential.id',
  'credential.type',
  'credential.name',
  'credential.source',
  'token.claims_verified',
  'token.parent_id',
  'http.request.auth_scheme',
  'client.address_source',
  'url.query_keys',
  'url.secret_keys',
  'http.route_source',
  'page.cursor',
  'event.outcome',
  'authentication.strength',
  'credential.issued',
  'time_suspect',
]);

/** A query that stands apart from its path. */
export const queryField = 'url.query';
export const forwardedForField = 'http.request.header.x-forwarded-for';

/** Every field a mapping can fill, by the dotted name it has in events. */
export const mappingTargets: ReadonlyMap<
  string,
  { readonly kind: TargetKind; readonly description: string }
> = new Map([
  ...Object.values(usageEventFields)
    .filter(({ wire }) => !notMapped.has(wire))
    .map(
      ({ wire, description }) =>
        [wire, { kind: kinds.get(wire) ?? 'text', description: described(wire, description) }] as const,
    ),
  [
    queryField,
    {
      kind: 'text' as const,
      description:
        'The query, where it stands apart from the path: it is joined to it before secrets are masked.',
    },
  ],
  [
    forwardedForField,
    {
      kind: 'text' as const,
      description: 'The X-Forwarded-For header; it counts only behind decode.trustedProxies or trustedHops.',
    },
  ],
]);

function described(wire: string, description: string): string {
  if (wire === 'timestamp') return 'Time of the request. **Required.**';
  if (wire === 'url.path') return 'Path or URL as requested, with its query: secrets in it are masked.';
  return description;
}

/** `a.b` is short for `{ path: a.b }`, and `[a.b, c]` for `{ paths: [a.b, c] }`. */
function longForm(given: unknown): unknown {
  if (typeof given === 'string') return { path: given };
  return Array.isArray(given) ? { paths: given } : given;
}

const places = {
  path: path
    .optional()
    .describe('Where the value stands in the line: names with dots between them (see Places).'),
  paths: z
    .array(path)
    .min(1)
    .max(16)
    .optional()
    .describe('Several such places; the first that says something counts.'),
};

const onePlace = {
  error: 'has both path and paths; keep one of them',
};
const hasOnePlace = (source: { path?: unknown; paths?: unknown }) =>
  source.path === undefined || source.paths === undefined;

/** Where a text is to be found, for the sections beside `fields`. */
const place = z.preprocess(longForm, z.strictObject(places).refine(hasOnePlace, onePlace));

function source(kind: TargetKind) {
  return z.preprocess(
    longForm,
    z
      .strictObject({
        ...places,
        constant: scalar
          .optional()
          .describe('Value for lines in which no place says anything; alone: for every line.'),
        coerce: z.enum(coercions[kind]).default(coercions[kind][0]).describe('How the value is read.'),
      })
      .refine(hasOnePlace, onePlace)
      .refine(
        (given) => given.path !== undefined || given.paths !== undefined || given.constant !== undefined,
        {
          error: 'says nothing; give path, paths or constant',
        },
      ),
  );
}

const fields = z.strictObject(
  Object.fromEntries(
    [...mappingTargets].map(([name, { kind, description }]) => [
      name,
      name === 'timestamp'
        ? source(kind).describe(description)
        : source(kind).optional().describe(description),
    ]),
  ),
);

const condition = z.preprocess(
  (given) => (typeof given === 'string' ? { path: given } : given),
  z.strictObject({
    path: path.describe('Where to look.'),
    equals: z
      .union([scalar, z.array(scalar).min(1).max(64)])
      .optional()
      .describe(
        'The value that must stand there, or a list of which one must; without it any value will do.',
      ),
  }),
);

const credential = z
  .strictObject({
    ...places,
    kind: z
      .enum(credentialTypes.filter((type) => type !== 'anonymous' && type !== 'unknown'))
      .default('api_key')
      .describe('Kind of credential.'),
    form: z
      .enum(['secret', 'hash', 'id'])
      .default('secret')
      .describe(
        'What stands there. secret: the raw value, of which only a keyed hash is kept. hash: a hash the gateway made, kept as it is when it is 8, 16, 32, 40 or 64 hexadecimal digits and treated as a secret otherwise. id: a name that opens nothing, kept as it is.',
      ),
    name: place.optional().describe('Where a readable name of the credential stands.'),
    verified: z
      .boolean()
      .default(false)
      .describe(
        'The gateway writes it only after checking it. Otherwise an id on a refused call is taken for the word of whoever called.',
      ),
  })
  .refine(hasOnePlace, onePlace)
  .refine((given) => given.path !== undefined || given.paths !== undefined, {
    error: 'does not say where it stands; give path or paths',
  });

const token = z
  .strictObject({
    ...places,
    verified: z
      .boolean()
      .default(false)
      .describe('The gateway logs tokens only after checking them: a 403 is then that of a known caller.'),
  })
  .refine(hasOnePlace, onePlace)
  .refine((given) => given.path !== undefined || given.paths !== undefined, {
    error: 'does not say where it stands; give path or paths',
  });

export const mappingSchema = z.strictObject({
  version: z.literal(1).describe('Version of this file format.'),
  name: z
    .string()
    .refine((name) => /^[a-z][a-z0-9-]{0,47}$/.test(name), {
      error:
        'must be lower-case letters, digits and hyphens, begin with a letter and have at most 48 of them',
    })
    .describe('What this format is called: in gateway.type, in metrics, and for decode.format.'),
  title: z.string().max(100).optional().describe('What it is, for people.'),
  when: z
    .array(condition)
    .min(1)
    .max(16)
    .optional()
    .describe(
      'What tells these lines from all others; every condition must hold. Without it every line counts in which the time and a path, a route or a method are found.',
    ),
  timeIs: z
    .enum(['start', 'end'])
    .default('start')
    .describe('Whether the time is that of the request or of its answer.'),
  fields: fields
    .prefault({} as never)
    .describe('What stands where, by the dotted names that fields have in events.'),
  credential: credential
    .optional()
    .describe('The credential itself; it goes before everything else a line says about its caller.'),
  token: token
    .optional()
    .describe(
      'An Authorization header or a bare token: the claims of a JSON Web Token are read, of any other only a keyed hash is kept.',
    ),
});
export type Mapping = z.output<typeof mappingSchema>;
