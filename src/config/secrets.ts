import type { z } from 'zod';
import { isSecret } from './options.ts';
import type { Locate, Problem } from './problems.ts';
import { dotted } from './problems.ts';
import { fields, kindOf, member } from './schema-walk.ts';

/** Reads a secret's file; throws with the system's reason. */
export type ReadSecret = (path: string) => string;

type Section = Record<string, unknown>;
const isSectionValue = (value: unknown): value is Section => value !== null && typeof value === 'object';

/** Fills every secret given as `…File` from that file, in place; what cannot be read becomes a problem. */
export function readSecrets(
  schema: z.ZodType,
  value: unknown,
  read: ReadSecret,
  locate: Locate,
  path: readonly PropertyKey[] = [],
): Problem[] {
  if (!isSectionValue(value)) return [];
  const neighbours = fields(schema);
  return Object.keys(value).flatMap((name): Problem[] => {
    const at = [...path, Array.isArray(value) ? Number(name) : name];
    const file = value[`${name}File`];
    if (isSecret(name, neighbours) && typeof file === 'string' && typeof value[name] === 'string') {
      const text = `and ${name}File are both given; keep one of them`;
      return [{ where: locate(at, 'key'), path: dotted(at), text }];
    }
    const target = secretOf(name, neighbours);
    if (target !== undefined && typeof value[name] === 'string') {
      try {
        value[target] ??= read(value[name]).replace(/\r?\n$/, '');
        const wrong = wrongSecret(neighbours.get(target), value[target]);
        if (wrong !== undefined) return [{ where: locate(at, 'value'), path: dotted(at), text: wrong }];
      } catch (error) {
        const text = `cannot be read: ${error instanceof Error ? error.message : String(error)}`;
        return [{ where: locate(at, 'value'), path: dotted(at), text }];
      }
      return [];
    }
    const inner = member(schema, name);
    return inner === undefined ? [] : readSecrets(inner, value[name], read, locate, at);
  });
}

/** An empty file is nobody's secret, and what is too short as a value is so in a file too. */
function wrongSecret(option: z.ZodType | undefined, secret: unknown): string | undefined {
  if (typeof secret === 'string' && secret.trim() === '')
    return 'names an empty file; write the secret into it';
  const issue = option?.safeParse(secret).error?.issues[0];
  if (issue === undefined) return undefined;
  const right = issue.code === 'too_small' ? `at least ${issue.minimum} characters` : issue.message;
  return `holds no fitting secret; write ${right} into it`;
}

/** `passwordFile` beside `password`. */
export function isSecretFile(name: string, neighbours: ReadonlyMap<string, unknown>): boolean {
  return secretOf(name, neighbours) !== undefined;
}

/** `passwordFile` → `password`, where both are options. */
function secretOf(name: string, neighbours: ReadonlyMap<string, unknown>): string | undefined {
  if (!name.endsWith('File')) return undefined;
  const target = name.slice(0, -'File'.length);
  return neighbours.has(target) ? target : undefined;
}

const mask = '********';

/** A copy fit for printing: secrets, header values and passwords inside URLs are masked. */
export function maskSecrets(schema: z.ZodType, value: unknown): unknown {
  if (Array.isArray(value)) {
    const element = member(schema, 0);
    return element === undefined ? value : value.map((item) => maskSecrets(element, item));
  }
  if (typeof value === 'string') return maskUrl(value);
  if (!isSectionValue(value)) return value;
  const neighbours = fields(schema);
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => {
      const option = member(schema, name);
      if (isSecret(name, neighbours)) return [name, inner === undefined || inner === null ? inner : mask];
      if (option === undefined) return [name, inner];
      if (name === 'headers' && kindOf(option) === 'record') return [name, maskAll(inner)];
      return [name, maskSecrets(option, inner)];
    }),
  );
}

function maskAll(value: unknown): unknown {
  if (!isSectionValue(value)) return value;
  return Object.fromEntries(Object.keys(value).map((name) => [name, mask]));
}

/** `https://user:word@host` → `https://user:********@host`. */
function maskUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || url.password === '') return text;
  url.password = mask;
  return url.href;
}
