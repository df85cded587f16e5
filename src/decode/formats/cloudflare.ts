import type { Format, ReadResult } from '../format.ts';
import { amount, type JsonObject, number, object, status, text } from '../text.ts';
import { countryCode, lowerCased, ordinary, pick, scaled } from './fields.ts';

function durationOf(line: JsonObject): number | null {
  const start = number(line['EdgeStartTimestamp']);
  const end = number(line['EdgeEndTimestamp']);
  // Both in nanoseconds: their difference is exact enough for milliseconds.
  if (start !== null && end !== null && start > 1e17 && end >= start) return (end - start) / 1e6;
  return amount(line['EdgeTimeToFirstByteMs']);
}

function read(line: JsonObject): ReadResult {
  const parent = text(line['ParentRayID']);
  if ((parent !== null && parent !== '00') || line['WorkerSubrequest'] === true)
    return { skip: "a worker's own request, logged beside its caller's" };
  const headers = lowerCased(object(line['RequestHeaders']));
  const named = text(pick(headers, 'cf-access-client-id', 'x-credential-id', 'x-client-id'));
  return {
    time: line['EdgeStartTimestamp'] ?? line['EdgeEndTimestamp'],
    plain: {
      httpRequestId: text(line['RayID']),
      host: text(line['ClientRequestHost']),
      requestBytes: amount(line['ClientRequestBytes']),
      responseBytes: amount(line['EdgeResponseBytes']),
      upstreamDurationMs:
        amount(line['OriginResponseDurationMs']) ?? scaled(line['OriginResponseTime'], 1e-6),
      clientAsn: amount(line['ClientASN']),
      clientCountry: countryCode(line['ClientCountry']),
      ja3: text(line['JA3Hash'], 64),
      ja4: text(line['JA4'], 64),
      certSha256: text(line['ClientMTLSAuthCertFingerprint'], 128),
      tlsVersion: text(line['ClientSSLProtocol'], 32),
      sampleRate: rateOf(line['SampleInterval']),
    },
    client: text(line['ClientIP'], 64),
    method: text(line['ClientRequestMethod'], 32),
    target: text(pick(line, 'ClientRequestURI', 'ClientRequestPath'), 8192),
    status: status(line['EdgeResponseStatus']),
    durationMs: durationOf(line),
    userAgent: text(line['ClientRequestUserAgent'], 512),
    credential: named === null ? null : { id: named, type: 'api_key', name: named, isSaid: true },
    authorization: text(headers['authorization'], 16_384),
    apiKey: text(pick(headers, 'x-api-key', 'apikey', 'api-key'), 4096),
    cookie: text(headers['cookie'], 4096),
  };
}

/** One logged request stands for `interval` of them. */
function rateOf(interval: unknown): number {
  const parsed = number(interval);
  return parsed === null || parsed < 1 ? 1 : 1 / parsed;
}

export const cloudflare: Format = {
  id: 'cloudflare',
  title: 'Cloudflare Logpush (http_requests)',
  shape: 'json',
  matches: (line) =>
    line['RayID'] !== undefined &&
    (line['EdgeStartTimestamp'] !== undefined || line['ClientRequestMethod'] !== undefined),
  read,
  pitfalls: [
    'RequestHeaders holds the custom fields: choose cf-access-client-id, an id; never Authorization, never an API key.',
    'RequestHeaders is what the caller sent: such an id is not believed on a refused call, and says something only where Access or a rule of yours checks it.',
    'No credential by default; custom fields log raw header values: choose headers that hold an id.',
    'A sampled job breaks all counts: keep sample_rate at 1.',
    'JA3, JA4 need Bot Management; the certificate is logged on the first request of a connection only.',
    "Workers' own requests are logged too; they are skipped by ParentRayID.",
    'There is no Kafka destination: HTTP destination → Vector → Kafka.',
  ],
  snippet: {
    language: 'json',
    text: `{"dataset": "http_requests", "output_options": {"timestamp_format": "rfc3339", "sample_rate": 1, "field_names": [
  "EdgeStartTimestamp", "EdgeEndTimestamp", "RayID", "ParentRayID", "ClientIP", "ClientASN", "ClientCountry",
  "ClientRequestMethod", "ClientRequestHost", "ClientRequestURI", "ClientRequestBytes", "ClientRequestUserAgent",
  "EdgeResponseStatus", "EdgeResponseBytes", "EdgeTimeToFirstByteMs", "OriginResponseDurationMs",
  "JA3Hash", "JA4", "ClientMTLSAuthCertFingerprint", "RequestHeaders"
]}}`,
  },
  yields: {
    byDefault: [...ordinary, 'requestBytes', 'httpRequestId', 'clientAsn', 'clientCountry'],
    withSnippet: ['credentialId', 'ja3', 'ja4', 'certSha256'],
  },
  verified: "fixtures after the documentation of the dataset's fields, in all three time formats",
};
