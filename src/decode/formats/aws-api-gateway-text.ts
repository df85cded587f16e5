import type { Format, ReadResult } from '../format.ts';
import type { JsonObject } from '../text.ts';
import { awsApiGateway } from './aws-api-gateway.ts';

/** The order of the CSV that Amazon gives as its example. */
const columns = [
  'ip',
  'caller',
  'user',
  'requestTime',
  'httpMethod',
  'resourcePath',
  'protocol',
  'status',
  'responseLength',
  'requestId',
] as const;
const elements = columns.filter((name) => name !== 'requestId');
const xmlStart = '<request id="';

/** `address,caller,user,05/Jan/2026:10:00:00 +0000,GET,/orders/{id},HTTP/1.1,200,…` */
function fromCsv(line: string): JsonObject | null {
  const values = line.split(',', columns.length);
  const [, , , time = '', , , protocol = ''] = values;
  if (values.length < columns.length || time[2] !== '/' || time[6] !== '/' || time[11] !== ':') return null;
  return protocol.startsWith('HTTP/')
    ? Object.fromEntries(columns.map((name, at) => [name, values[at]]))
    : null;
}

/** `<request id="…"> <ip>…</ip> <caller>…</caller> …</request>` */
function fromXml(line: string): JsonObject | null {
  if (!line.startsWith(xmlStart) || !line.includes('<requestTime>')) return null;
  const found = new Map<string, string>();
  for (const name of elements) {
    const start = line.indexOf(`<${name}>`) + name.length + 2;
    const end = line.indexOf(`</${name}>`, start);
    if (start >= name.length + 2 && end > 0) found.set(name, line.slice(start, end));
  }
  found.set('requestId', line.slice(xmlStart.length, line.indexOf('"', xmlStart.length)));
  return Object.fromEntries(found);
}

function fieldsOf(line: string): JsonObject | null {
  return line[0] === '<' ? fromXml(line) : fromCsv(line);
}

export const awsApiGatewayText: Format = {
  id: 'aws-api-gateway-text',
  title: 'AWS API Gateway (CSV and XML)',
  shape: 'text',
  matches: (_line, line) => fieldsOf(line) !== null,
  read(_line, line): ReadResult {
    const fields = fieldsOf(line);
    return fields === null
      ? {
          refuse: 'missing-field',
          detail: 'the columns or elements are those of the examples for CSV and XML',
        }
      : awsApiGateway.read(fields, '');
  },
  pitfalls: [
    "Only the columns of Amazon's own example, in its order, are known; more behind them are passed over. Its common log format is read as nginx-combined.",
    'Neither example has the user agent or the id of an API key: use the JSON below.',
  ],
  snippet: awsApiGateway.snippet,
  yields: awsApiGateway.yields,
  verified: "fixtures after the examples in Amazon's documentation",
};
