import { z } from 'zod';
import { alert } from '../../schemas/alert.ts';
import { deadLetter } from '../../schemas/dead-letter.ts';
import { scoreLine } from '../../schemas/score-line.ts';
import { usageEventWire } from '../../schemas/usage-event.ts';
import { configSchema } from '../../src/config/schema.ts';

const published: readonly (readonly [name: string, schema: z.ZodType, io: 'input' | 'output'])[] = [
  ['alert', alert, 'output'],
  ['config', configSchema, 'input'],
  ['dead-letter', deadLetter, 'output'],
  ['score-line', scoreLine, 'output'],
  ['usage-event', usageEventWire, 'input'],
];

/** JSON Schema of every outside shape. */
export function files(): ReadonlyMap<string, string> {
  return new Map(
    published.map(([name, schema, io]) => {
      const json = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
      return [`docs/reference/schemas/${name}.schema.json`, `${JSON.stringify(json, null, 2)}\n`];
    }),
  );
}
