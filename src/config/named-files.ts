import type { z } from 'zod';
import { dotted, type Locate, type Problem } from './problems.ts';
import { fields, member } from './schema-walk.ts';
import { isSecretFile } from './secrets.ts';

/** Throws with the system's reason when a file cannot be read. */
export type CheckReadable = (path: string) => void;

/** Every option `…File` must name a file that can be read; those of secrets are read elsewhere. */
export function unreadableFiles(
  schema: z.ZodType,
  value: unknown,
  check: CheckReadable,
  locate: Locate,
  path: readonly PropertyKey[] = [],
): Problem[] {
  if (value === null || typeof value !== 'object') return [];
  const neighbours = fields(schema);
  return Object.entries(value).flatMap(([name, inner]): Problem[] => {
    const at = [...path, Array.isArray(value) ? Number(name) : name];
    if (name.endsWith('File') && typeof inner === 'string' && !isSecretFile(name, neighbours)) {
      try {
        check(inner);
        return [];
      } catch (error) {
        const text = `cannot be read: ${error instanceof Error ? error.message : String(error)}`;
        return [{ where: locate(at, 'value'), path: dotted(at), text }];
      }
    }
    const option = member(schema, name);
    return option === undefined ? [] : unreadableFiles(option, inner, check, locate, at);
  });
}
