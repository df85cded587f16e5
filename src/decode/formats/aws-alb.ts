import type { Format, ReadResult } from '../format.ts';
import { text } from '../text.ts';
import { isConnectionEntry, readEntry } from './elb-entry.ts';
import { between, ordinary } from './fields.ts';
import { partsOf } from './tokens.ts';

const kinds = ['http ', 'https ', 'h2 ', 'grpcs ', 'ws ', 'wss '];
const fewestFields = 21;
/** A request that came longer before its entry (a day) is of a clock that stood wrong, or of an example. */
const longestMs = 86_400_000;
const connectionDetail =
  'an entry about a connection, which has no request; send the access log of the load balancer (access_logs.s3.enabled), or that of the gateway behind it';

function read(_line: unknown, line: string): ReadResult {
  if (isOfConnection(line)) return { refuse: 'missing-field', detail: connectionDetail };
  const values = partsOf(line, 40).map(({ value }) => value);
  if (values.length < fewestFields)
    return {
      refuse: 'missing-field',
      detail: `an entry has at least ${fewestFields} fields, this one ${values.length}`,
    };
  const come = values[21];
  const hasCome = (between(come, values[1]) ?? longestMs) < longestMs;
  const entry = readEntry(values.slice(1));
  return {
    ...entry,
    // When the request came; the entry's own time is that of the response.
    time: hasCome ? come : values[1],
    timeIsEnd: !hasCome,
    plain: {
      ...entry.plain,
      // The root of a trace is a caller's choice where he sends the header.
      traceId: text(values[17], 64),
      upstreamName: text(values[16]),
      host: text(values[18]),
      errorType: text(values[24]),
    },
  };
}

/** Of the connection log, or of a Network Load Balancer, which knows of connections only. */
function isOfConnection(line: string): boolean {
  return isConnectionEntry(line) || (line.startsWith('tls ') && line.slice(0, 64).includes(' net/'));
}

export const awsAlb: Format = {
  id: 'aws-alb',
  title: 'AWS Application Load Balancer (text)',
  shape: 'text',
  matches: (_line, line) =>
    (kinds.some((kind) => line.startsWith(kind)) && line.slice(0, 160).includes(' app/')) ||
    isOfConnection(line),
  read,
  pitfalls: [
    'The load balancer logs no credential and its format cannot be changed: callers are told apart by address only. Log at the gateway behind it instead.',
    'With mutual TLS the certificate is in the separate connection log, which has no requests and is refused, as is the log of a Network Load Balancer.',
    'Files arrive every five minutes; times are of the response.',
  ],
  snippet: {
    language: 'text',
    text: `# The format of an Application Load Balancer is fixed. Log at the gateway or service behind it,
# with the id of the credential, and trust the balancer's addresses in decode.trustedProxies.`,
  },
  yields: { byDefault: [...ordinary, 'requestBytes'], withSnippet: [] },
  verified: 'lines of an Application Load Balancer, old and new number of fields',
};
