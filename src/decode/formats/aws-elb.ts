import type { Format, ReadResult } from '../format.ts';
import { awsAlb } from './aws-alb.ts';
import { isClassicEntry, readEntry } from './elb-entry.ts';
import { ordinary } from './fields.ts';
import { partsOf } from './tokens.ts';

const fewestFields = 12;

function read(_line: unknown, line: string): ReadResult {
  const values = partsOf(line, 20).map(({ value }) => value);
  if (values.length < fewestFields)
    return {
      refuse: 'missing-field',
      detail: `an entry has at least ${fewestFields} fields, this one ${values.length}`,
    };
  if (values[11]?.startsWith('- ') === true) return { skip: 'a line about a connection without a request' };
  return readEntry(values);
}

export const awsElb: Format = {
  id: 'aws-elb',
  title: 'AWS Classic Load Balancer (text)',
  shape: 'text',
  matches: (_line, line) => isClassicEntry(line),
  read,
  pitfalls: [
    'The load balancer logs no credential and its format cannot be changed: callers are told apart by address only. Log at the gateway behind it instead.',
    'A TCP or SSL listener logs connections, not requests: such entries are counted and left out.',
  ],
  snippet: awsAlb.snippet,
  yields: { byDefault: [...ordinary, 'requestBytes'], withSnippet: [] },
  verified: "fixtures after Amazon's documentation of the entries, HTTP, HTTPS and TCP",
};
