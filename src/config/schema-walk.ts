import { z } from 'zod';

/**
 * Reads a zod schema as data: what an option is called, what it accepts, what it defaults to. The one
 * place that knows zod's inner structure.
 */

export type Kind =
  | 'object'
  | 'array'
  | 'record'
  | 'union'
  | 'string'
  | 'number'
  | 'boolean'
  | 'enum'
  | 'other';

interface Def {
  readonly type: string;
  readonly innerType?: z.ZodType;
  readonly in?: z.ZodType;
  readonly out?: z.ZodType;
  readonly getter?: () => z.ZodType;
  readonly shape?: Record<string, z.ZodType>;
  readonly element?: z.ZodType;
  readonly valueType?: z.ZodType;
  readonly options?: readonly z.ZodType[];
  readonly defaultValue?: unknown;
  readonly values?: readonly unknown[];
  readonly entries?: Record<string, string | number>;
  readonly format?: string;
}

const def = (schema: z.ZodType): Def => schema._zod.def as unknown as Def;

export interface Unwrapped {
  readonly inner: z.ZodType;
  readonly description: string;
  readonly hasDefault: boolean;
  readonly defaultValue: unknown;
  readonly optional: boolean;
}

/** Takes off default, optional, nullable, readonly and pipes; keeps the outermost description and default. */
export function unwrap(schema: z.ZodType): Unwrapped {
  let inner = schema;
  let description = schema.description ?? '';
  let hasDefault = false;
  let defaultValue: unknown;
  let optional = false;
  for (;;) {
    const d = def(inner);
    if ((d.type === 'default' || d.type === 'prefault') && !hasDefault) {
      hasDefault = true;
      defaultValue = d.defaultValue;
    }
    if (d.type === 'optional' || d.type === 'nullable') optional = true;
    const next = d.type === 'lazy' ? d.getter?.() : d.type === 'pipe' ? pipeInput(d) : d.innerType;
    if (next === undefined) return { inner, description, hasDefault, defaultValue, optional };
    inner = next;
    description ||= inner.description ?? '';
  }
}

/** `z.preprocess(fn, schema)` is a pipe whose input is the function: there the output says what is expected. */
function pipeInput(d: Def): z.ZodType | undefined {
  return d.in !== undefined && def(d.in).type === 'transform' ? d.out : d.in;
}

export function kindOf(schema: z.ZodType): Kind {
  const { type } = def(unwrap(schema).inner);
  if (type === 'int') return 'number';
  if (type === 'literal') return 'enum';
  const known: readonly string[] = [
    'object',
    'array',
    'record',
    'union',
    'string',
    'number',
    'boolean',
    'enum',
  ];
  return known.includes(type) ? (type as Kind) : 'other';
}

/** Alternatives of a union; the schema itself when it is none. */
export function alternatives(schema: z.ZodType): readonly z.ZodType[] {
  const { inner } = unwrap(schema);
  const d = def(inner);
  return d.type === 'union' ? (d.options ?? []).flatMap(alternatives) : [inner];
}

/** Options of an object; those of every alternative of a union of objects. */
export function fields(schema: z.ZodType): ReadonlyMap<string, z.ZodType> {
  const all = new Map<string, z.ZodType>();
  for (const alternative of alternatives(schema)) {
    for (const [name, option] of Object.entries(def(alternative).shape ?? {})) {
      if (!all.has(name)) all.set(name, option);
    }
  }
  return all;
}

/** The schema of one member: an object's option, a list's element, a record's value. */
export function member(schema: z.ZodType, key: PropertyKey): z.ZodType | undefined {
  const field = fields(schema).get(String(key));
  if (field !== undefined) return field;
  for (const alternative of alternatives(schema)) {
    const d = def(alternative);
    const next = d.type === 'array' ? d.element : d.type === 'record' ? d.valueType : undefined;
    if (next !== undefined) return next;
  }
  return undefined;
}

export function schemaAt(schema: z.ZodType, path: readonly PropertyKey[]): z.ZodType | undefined {
  let at: z.ZodType | undefined = schema;
  for (const key of path) {
    if (at === undefined) return undefined;
    at = member(at, key);
  }
  return at;
}

/** What would be right, in words: `a whole number, at least 1`. */
export function expectation(schema: z.ZodType): string {
  const { inner } = unwrap(schema);
  const d = def(inner);
  switch (kindOf(inner)) {
    case 'enum': {
      const values = d.values ?? Object.values(d.entries ?? {});
      return values.length === 1 ? String(values[0]) : `one of ${values.join(', ')}`;
    }
    case 'number':
      return numberExpectation(limitsOf(inner));
    case 'boolean':
      return 'true or false';
    case 'array':
      return d.element === undefined ? 'a list' : `a list of: ${expectation(d.element)}`;
    case 'object':
      return `a section with the options ${[...fields(inner).keys()].join(', ')}`;
    case 'record':
      return d.valueType === undefined ? 'names and values' : `names, each with ${expectation(d.valueType)}`;
    case 'union':
      return [...new Set(alternatives(inner).map(expectation))].join(', or ');
    case 'string':
      return d.format === 'url' ? 'an address such as https://host:8443' : 'text';
    default:
      return 'a value';
  }
}

interface Limits {
  readonly type?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
}

const limitsOf = (schema: z.ZodType) => z.toJSONSchema(schema, { unrepresentable: 'any' }) as Limits;

function numberExpectation({ type, minimum, maximum, exclusiveMinimum, exclusiveMaximum }: Limits): string {
  const parts = [type === 'integer' ? 'a whole number' : 'a number'];
  if (minimum !== undefined && minimum > Number.MIN_SAFE_INTEGER) parts.push(`at least ${minimum}`);
  if (exclusiveMinimum !== undefined) parts.push(`above ${exclusiveMinimum}`);
  if (maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER) parts.push(`at most ${maximum}`);
  if (exclusiveMaximum !== undefined) parts.push(`below ${exclusiveMaximum}`);
  return parts.join(', ');
}
