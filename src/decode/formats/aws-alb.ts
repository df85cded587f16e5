import type { Format, ReadResult } from '../format.ts';
import { amount, number, status, text } from '../text.ts';
import { between, ordinary } from './fields.ts';
import { requestLine } from './request-line.ts';
import { partsOf } from './tokens.ts';

const kinds = ['http ', 'https ', 'h2 ', 'grpcs ', 'ws ', 'wss '];
const fewestFields = 21;
/** A request that came longer before its entry (a day) is of a clock that stood wrong, or of an example. */
const longestMs = 86_400_000;

function read(_line: unknown, line: string): ReadResult {
  const values = partsOf(line, 40).map(({ value }) => value);
  if (values.length < fewestFields)
    return {
      refuse: 'missing-field',
      detail: `an entry has at least ${fewestFields} fields, this one ${values.length}`,
    };
  const times = [values[5], values[6], values[7]].map(number);
  const come = values[21];
  const hasCome = (between(come, values[1]) ?? longestMs) < longestMs;
  const isTimed = times.every((time) => time !== null && time >= 0);
  return {
    // When the request came; the entry's own time is that of the response.
    time: hasCome ? come : values[1],
    timeIsEnd: !hasCome,
    plain: {
      gatewayName: text(values[2]),
      // The root of a trace is a caller's choice where he sends the header.
      traceId: text(values[17], 64),
      requestBytes: amount(values[10]),
      responseBytes: amount(values[11]),
      upstreamDurationMs: amount(times[1]) === null ? null : (times[1] as number) * 1000,
      upstreamName: text(values[16]),
      host: text(values[18]),
      tlsVersion: text(values[15], 32),
      errorType: text(values[24]),
    },
    client: text(values[3], 64),
    ...requestLine(text(values[12], 8192)),
    status: status(values[8]),
    durationMs: isTimed ? times.reduce<number>((sum, time) => sum + (time as number) * 1000, 0) : null,
    userAgent: text(values[13], 512),
  };
}

export const awsAlb: Format = {
  id: 'aws-alb',
  title: 'AWS Application Load Balancer (text)',
  shape: 'text',
  matches: (_line, line) =>
    kinds.some((kind) => line.startsWith(kind)) && line.slice(0, 160).includes(' app/'),
  read,
  pitfalls: [
    'The load balancer logs no credential and its format cannot be changed: callers are told apart by address only. Log at the gateway behind it instead.',
    'With mutual TLS the certificate is in the separate connection log.',
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
