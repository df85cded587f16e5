import { z } from 'zod';

/** Where a record lies, so that a person can find it again. */
export const position = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('kafka'),
    topic: z.string(),
    partition: z.number().int(),
    offset: z.string(),
  }),
  z.strictObject({ kind: z.literal('file'), path: z.string(), line: z.number().int() }),
  z.strictObject({ kind: z.literal('http'), request: z.number().int(), line: z.number().int() }),
  z.strictObject({ kind: z.literal('stdin'), line: z.number().int() }),
]);
export type Position = z.output<typeof position>;

/** One line for logs, dead letters and alerts. */
export function positionText(at: Position): string {
  switch (at.kind) {
    case 'kafka':
      return `${at.topic}/${at.partition}@${at.offset}`;
    case 'file':
      return `${at.path}:${at.line}`;
    case 'http':
      return `http request ${at.request}, line ${at.line}`;
    case 'stdin':
      return `stdin:${at.line}`;
  }
}
