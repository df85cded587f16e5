import type { z } from 'zod';
import { alternatives, expectation, fields, type Kind, kindOf, unwrap } from './schema-walk.ts';

/** One thing a user can set. */
export interface Option {
  /** `['alerts', 'perDay']` */
  readonly path: readonly string[];
  /** `BEARERWATCH_ALERTS_PER_DAY` */
  readonly env: string;
  readonly kind: Kind;
  readonly schema: z.ZodType;
  readonly description: string;
  readonly expected: string;
  readonly hasDefault: boolean;
  readonly defaultValue: unknown;
  readonly required: boolean;
  readonly secret: boolean;
}

/** `['alerts', 'perDay']` → `BEARERWATCH_ALERTS_PER_DAY`. */
export function envName(path: readonly PropertyKey[]): string {
  const words = path.map((part) =>
    String(part)
      .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
      .replace(/[^A-Za-z0-9]/g, '_')
      .toUpperCase(),
  );
  return ['BEARERWATCH', ...words].join('_');
}

/** An option with a neighbour `…File` is a secret: it can be kept out of the configuration file. */
export function isSecret(name: string, neighbours: ReadonlyMap<string, unknown>): boolean {
  return neighbours.has(`${name}File`);
}

/** Every leaf option in the order of the schema; lists and records count as one option. */
export function optionsOf(schema: z.ZodType, path: readonly string[] = []): readonly Option[] {
  const neighbours = fields(schema);
  return [...neighbours].flatMap(([name, option]) => {
    const at = [...path, name];
    if (isSection(option)) return optionsOf(option, at);
    const { description, hasDefault, defaultValue, optional } = unwrap(option);
    return [
      {
        path: at,
        env: envName(at),
        kind: kindOf(option),
        schema: option,
        description,
        expected: expectation(option),
        hasDefault,
        defaultValue,
        required: !hasDefault && !optional,
        secret: isSecret(name, neighbours),
      },
    ];
  });
}

/** An object, or a union of nothing but objects. */
export function isSection(schema: z.ZodType): boolean {
  return alternatives(schema).every((alternative) => kindOf(alternative) === 'object');
}
