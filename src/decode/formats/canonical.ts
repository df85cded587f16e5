import { z } from 'zod';
import { emptyUsageEvent, type UsageEventField, usageEventFields } from '../../../schemas/usage-event.ts';
import type { Format, ReadResult } from '../format.ts';
import { type JsonObject, number, status, text, texts } from '../text.ts';
import { epochMs } from '../time.ts';

type Kind = 'text' | 'number' | 'texts' | 'boolean' | 'time';

const times = new Set<UsageEventField>(['observedTimestampMs', 'tokenIssuedAtMs', 'tokenExpiresAtMs']);
const caps = [4096, 1024, 512, 256, 128, 64, 32, 2];
const resolvedElsewhere = new Set<UsageEventField>([
  'timestampMs',
  'path',
  'method',
  'route',
  'status',
  'userAgent',
  'clientAddress',
  'durationMs',
]);

interface Planned {
  readonly field: UsageEventField;
  readonly kind: Kind;
  /** Longest text the field takes; longer ones are cut. */
  readonly max: number;
  /** Coercion alone does not make every value fit: enumerations, ranges. */
  readonly isChecked: boolean;
  /** Every whole number from 0 on fits. */
  readonly takesWhole: boolean;
  /** The words of an enumeration. */
  readonly words: ReadonlySet<unknown>;
}

/** By dotted name: the inner name and how its value is read. */
const plan: ReadonlyMap<string, Planned> = new Map(
  (Object.keys(usageEventFields) as UsageEventField[])
    .filter((field) => !resolvedElsewhere.has(field))
    .map((field) => [usageEventFields[field].wire, planned(field)]),
);

function planned(field: UsageEventField): Planned {
  const kind = kindOf(field);
  const fits = (value: unknown) => usageEventFields[field].schema.safeParse(value).success;
  const takes = (length: number) => fits('a'.repeat(length));
  const max = kind === 'text' ? (caps.find(takes) ?? 256) : 0;
  return {
    field,
    kind,
    max,
    isChecked: kind === 'number' || (kind === 'text' && !takes(max)),
    takesWhole: kind === 'number' && fits(0) && fits(Number.MAX_SAFE_INTEGER),
    words: wordsOf(usageEventFields[field].schema),
  };
}

function wordsOf(schema: z.ZodType): ReadonlySet<unknown> {
  const inner = schema instanceof z.ZodNullable ? schema.unwrap() : schema;
  return new Set(inner instanceof z.ZodEnum ? inner.options : []);
}

/** What nearly every line has needs no schema. */
function isFit({ field, takesWhole, words }: Planned, value: unknown): boolean {
  if (takesWhole && Number.isSafeInteger(value) && (value as number) >= 0) return true;
  return words.has(value) || usageEventFields[field].schema.safeParse(value).success;
}

/** What the field takes, in words; never the value that was refused, which may be anything. */
function wanted({ kind, words }: Planned): string {
  if (words.size > 0) return `one of ${[...words].join(', ')}`;
  return kind === 'number' ? 'a number in the range of its field' : 'another form';
}

function kindOf(field: UsageEventField): Kind {
  if (times.has(field)) return 'time';
  const accepts = (value: unknown) => usageEventFields[field].schema.safeParse(value).success;
  if (accepts(['a'])) return 'texts';
  if (accepts(true)) return 'boolean';
  if (accepts(1) || accepts(0.5)) return 'number';
  return 'text';
}

function fieldValue(kind: Kind, value: unknown, max: number): unknown {
  switch (kind) {
    case 'text':
      return text(value, max);
    case 'number':
      return number(value);
    case 'texts':
      return texts(value);
    case 'boolean':
      return value === true || value === 'true';
    case 'time': {
      const ms = epochMs(value);
      return ms >= 0 ? ms : null;
    }
  }
}

/** Lines of one writer have the same names in the same order: what a name at its place means is looked up once. */
const namesRemembered = 96;
const latestNames = new Array<string>(namesRemembered).fill('');
const latestPlans = new Array<Planned | undefined>(namesRemembered).fill(undefined);

function plannedFor(wire: string, place: number): Planned | undefined {
  if (latestNames[place] === wire) return latestPlans[place];
  const planned = plan.get(wire);
  if (planned !== undefined && place < namesRemembered) {
    latestNames[place] = wire;
    latestPlans[place] = planned;
  }
  return planned;
}

function read(line: JsonObject): ReadResult {
  if (line['credential.id'] === undefined && line['client.address'] === undefined) {
    return { refuse: 'missing-field', detail: 'a canonical event needs credential.id or client.address' };
  }
  const event = emptyUsageEvent();
  // Unless the line says otherwise; without an id of its own none of it stays.
  event.credentialSource = 'gateway_id';
  const fields = event as Record<string, unknown>;
  let place = 0;
  for (const wire in line) {
    const planned = plannedFor(wire, place);
    place += 1;
    // For-in also names what an object inherits: own properties only.
    if (planned === undefined || !Object.hasOwn(line, wire)) continue;
    const given = line[wire];
    if (given === null) continue;
    const { field, kind, max, isChecked } = planned;
    const value = fieldValue(kind, given, max);
    if (value === null) continue;
    if (isChecked && !isFit(planned, value)) {
      return {
        refuse: 'wrong-type',
        detail: `${wire} does not take this value: ${wanted(planned)} would be right`,
      };
    }
    fields[field] = value;
  }
  return {
    time: line['timestamp'],
    event,
    client: text(line['client.address'], 64),
    method: text(line['http.request.method'], 32),
    target: text(line['url.path'], 4096) ?? text(line['url.full'], 4096),
    route: text(line['http.route'], 512),
    status: status(line['http.response.status_code']),
    durationMs: number(line['duration_ms']),
    userAgent: text(line['user_agent.original'], 512),
  };
}

export const canonical: Format = {
  id: 'canonical',
  title: 'Canonical JSON lines',
  shape: 'json',
  matches: (line) =>
    line['gateway.type'] === 'canonical' ||
    (line['timestamp'] !== undefined &&
      (line['credential.id'] !== undefined || line['gateway.type'] !== undefined)),
  read,
  pitfalls: [
    'credential.id is taken as it is: never put the secret there.',
    'Every field, with what it takes and means, is listed in docs/reference/usage-event.md.',
  ],
  snippet: {
    language: 'json',
    text: '{"timestamp":1767600000000,"gateway.type":"canonical","credential.id":"key-17","client.address":"198.51.100.7","http.request.method":"GET","url.path":"/orders/1000","http.response.status_code":200}',
  },
  yields: { byDefault: Object.keys(usageEventFields) as UsageEventField[], withSnippet: [] },
  verified: "the project's own wire form; round trip tested for every field",
};
