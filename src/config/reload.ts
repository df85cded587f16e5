import { isDeepStrictEqual } from 'node:util';
import type { z } from 'zod';
import { optionsOf } from './options.ts';
import { valueAt } from './problems.ts';
import type { Config } from './schema.ts';

/** Sections, or single options, that are taken over while the service runs. */
const atRunTime = ['alerts.perDay', 'lists', 'log.level'];

export interface Changes {
  /** Dotted paths that can be taken over now. */
  readonly applied: readonly string[];
  /** Dotted paths that keep their old value until a restart. */
  readonly needRestart: readonly string[];
}

/** What differs between two configurations; values are never part of it, for they may be secrets. */
export function changesBetween(schema: z.ZodType, before: Config, after: Config): Changes {
  const changed = optionsOf(schema)
    .filter(({ path }) => !isDeepStrictEqual(valueAt(before, path), valueAt(after, path)))
    .map(({ path }) => path.join('.'));
  const canApply = (path: string) =>
    atRunTime.some((known) => path === known || path.startsWith(`${known}.`));
  return {
    applied: changed.filter(canApply),
    needRestart: changed.filter((path) => !canApply(path)),
  };
}
