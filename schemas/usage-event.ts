import { z } from 'zod';

/**
 * One canonical use of one credential: what every gateway's log line becomes.
 *
 * Inside the process an event is one flat object with every field always present (null when the
 * gateway did not log it), so that all events share one hidden class. On the wire (JSON lines,
 * topics, the API) the same fields carry dotted OpenTelemetry names and nulls are left out.
 * No field ever holds a secret: credentials, tokens and cookies arrive here as ids or keyed hashes.
 */

interface Field<S extends z.ZodType> {
  /** Dotted name in JSON lines. */
  readonly wire: string;
  readonly schema: S;
  readonly description: string;
}

function field<S extends z.ZodType>(wire: string, schema: S, description: string): Field<S> {
  return { wire, schema, description };
}

const text = (max: number) => z.string().max(max);
const name = text(256).nullable();
const int = z.number().int().nullable();
const epochMs = z.number().int().min(0).nullable();
const texts = z.array(text(256)).max(64).readonly();

export const credentialTypes = [
  'api_key',
  'oauth_client',
  'jwt',
  'opaque_token',
  'mtls_cert',
  'cloud_access_key',
  'basic',
  'hmac',
  'session',
  'subscription',
  'anonymous',
  'unknown',
] as const;

/** How the credential's id was found; also says how far it can be relied on. */
export const credentialSources = [
  'mapping',
  'gateway_id',
  'claim',
  'cert',
  'hashed_header',
  'hashed_query',
  'consumer',
  'network',
] as const;

export const usageEventFields = {
  timestampMs: field('timestamp', z.number().int().min(0), 'Start of the request, epoch milliseconds.'),
  observedTimestampMs: field(
    'observed_timestamp',
    epochMs,
    'When the record was received, epoch milliseconds.',
  ),
  eventId: field(
    'event.id',
    text(256),
    'Identity for de-duplication: the request id, else a hash of the record.',
  ),
  httpRequestId: field('http.request.id', name, "The gateway's request id."),
  traceId: field('trace.id', text(64).nullable(), 'Trace id, hex.'),
  gatewayType: field('gateway.type', text(64), 'Format that decoded the record: envoy, kong, nginx …'),
  gatewayName: field('gateway.name', name, 'Instance, cluster or workspace.'),
  environment: field('deployment.environment.name', name, 'production, sandbox …'),
  credentialId: field(
    'credential.id',
    text(256),
    'Baseline key: a gateway id or a keyed hash; never the secret.',
  ),
  credentialFormerId: field(
    'credential.former_id',
    name,
    "The credential's id by the hash key before, while that one is configured and gives another.",
  ),
  credentialType: field('credential.type', z.enum(credentialTypes), 'Kind of credential.'),
  credentialName: field('credential.name', name, 'Alias or label.'),
  credentialSource: field('credential.source', z.enum(credentialSources), 'How the credential was found.'),
  tokenId: field('token.id', name, 'One token instance: jti, keyed hash, temporary access-key id.'),
  tokenFormerId: field('token.former_id', name, "The token's id by the hash key before."),
  tokenIssuer: field('token.issuer', name, 'iss.'),
  tokenSubject: field('token.subject', name, 'sub.'),
  tokenAudience: field('token.audience', texts, 'aud.'),
  tokenScopes: field('token.scopes', texts, 'scope or scp, sorted.'),
  tokenAuthorizedParty: field('token.authorized_party', name, 'azp or client_id.'),
  tokenIssuedAtMs: field('token.issued_at', epochMs, 'iat, epoch milliseconds.'),
  tokenExpiresAtMs: field('token.expires_at', epochMs, 'exp, epoch milliseconds.'),
  tokenKeyId: field('token.key_id', name, 'kid.'),
  tokenAlgorithm: field('token.algorithm', text(32).nullable(), 'alg of the JOSE header.'),
  tokenFamilyId: field('token.family_id', name, 'Refresh-token family or session the token descends from.'),
  tokenParentId: field('token.parent_id', name, 'Refresh token this token was issued for.'),
  tokenSingleUse: field('token.single_use', z.boolean(), 'The token must be presented only once.'),
  tokenClaimsVerified: field(
    'token.claims_verified',
    z.boolean(),
    "False when the gateway refused the call: then the claims are the attacker's words.",
  ),
  tokenBoundKey: field('token.bound_key', name, 'Sender constraint in the token: cnf.jkt or cnf.x5t#S256.'),
  presentedKey: field(
    'client.presented_key',
    name,
    'Thumbprint of the key the client proved: DPoP jkt or certificate x5t#S256.',
  ),
  proofId: field('proof.id', name, 'jti of a DPoP proof, nonce or signature of a signed request.'),
  authScheme: field(
    'http.request.auth_scheme',
    text(32).nullable(),
    'bearer, dpop, basic, apikey, mtls, hmac, cookie.',
  ),
  consumerId: field('consumer.id', name, 'Application or consumer that owns the credential.'),
  consumerName: field('consumer.name', name, 'Its name.'),
  userId: field('user.id', name, 'End user or principal.'),
  organizationId: field('organization.id', name, 'Tenant, workspace or account.'),
  clientAddress: field(
    'client.address',
    text(64).nullable(),
    'Address of the caller, behind trusted proxies.',
  ),
  clientAddressSource: field(
    'client.address_source',
    z.enum(['peer', 'gateway', 'xff']).nullable(),
    'Where the address comes from.',
  ),
  peerAddress: field('network.peer.address', text(64).nullable(), 'Immediate peer.'),
  clientAsn: field('client.as.number', int, 'Autonomous system of the caller.'),
  clientAsName: field('client.as.organization.name', name, 'Its name.'),
  clientCountry: field(
    'client.geo.country_iso_code',
    text(2).nullable(),
    'Country of the caller, ISO 3166-1 alpha-2.',
  ),
  method: field('http.request.method', text(32).nullable(), 'Upper case.'),
  host: field('server.address', name, 'Host asked for.'),
  path: field('url.path', text(1024).nullable(), 'Without query, secrets masked.'),
  queryKeys: field('url.query_keys', texts, 'Names of the query parameters; never values.'),
  secretQueryKeys: field('url.secret_keys', texts, 'Names of parameters that carried a secret in the URL.'),
  route: field(
    'http.route',
    text(512).nullable(),
    'Route template or operation: GET /orders/{int}, s3.amazonaws.com:GetObject.',
  ),
  routeSource: field(
    'http.route_source',
    z.enum(['gateway', 'inferred']).nullable(),
    'Given by the gateway or inferred from the path.',
  ),
  objectId: field('object.id', name, 'The object asked for: last id in the path, resource name.'),
  objectFormerId: field('object.former_id', name, "The object's id by the hash key before."),
  objectNumber: field('object.number', z.number().nullable(), 'That id as a number, where it is one.'),
  pageNumber: field('page.number', z.number().nullable(), 'Page or offset in pages of a listing.'),
  pageCursor: field('page.cursor', name, 'Keyed hash of an opaque cursor.'),
  status: field('http.response.status_code', int, 'Status the client got.'),
  outcome: field(
    'event.outcome',
    z.enum(['success', 'failure', 'unknown']),
    'success: 2xx or 3xx and no error inside.',
  ),
  errorType: field('error.type', name, 'response_flags, errorCode, fault name.'),
  requestBytes: field('http.request.size', z.number().min(0).nullable(), 'Bytes in.'),
  responseBytes: field('http.response.size', z.number().min(0).nullable(), 'Bytes out.'),
  durationMs: field('duration_ms', z.number().min(0).nullable(), 'Milliseconds.'),
  upstreamDurationMs: field('upstream.duration_ms', z.number().min(0).nullable(), 'Milliseconds.'),
  userAgent: field('user_agent.original', text(512).nullable(), 'As sent, control characters removed.'),
  ja3: field('tls.client.ja3', text(64).nullable(), 'TLS fingerprint.'),
  ja4: field('tls.client.ja4', text(64).nullable(), 'TLS fingerprint.'),
  certSha256: field(
    'tls.client.hash.sha256',
    text(128).nullable(),
    'Client certificate fingerprint, lower-case hex.',
  ),
  certSubject: field('tls.client.subject', name, 'Client certificate subject.'),
  certIssuer: field('tls.client.issuer', name, 'Client certificate issuer.'),
  certSerial: field('tls.client.serial_number', text(128).nullable(), 'Client certificate serial number.'),
  tlsVersion: field('tls.protocol.version', text(32).nullable(), 'TLS version.'),
  apiId: field('api.id', name, 'API, proxy or service in front.'),
  apiName: field('api.name', name, 'Its name.'),
  upstreamName: field('upstream.name', name, 'Backend cluster or service.'),
  genAiProvider: field('gen_ai.provider.name', name, 'Model provider.'),
  genAiModel: field('gen_ai.request.model', name, 'Model asked for.'),
  genAiInputTokens: field('gen_ai.usage.input_tokens', int, 'Prompt tokens.'),
  genAiOutputTokens: field('gen_ai.usage.output_tokens', int, 'Completion tokens.'),
  genAiCostUsd: field('gen_ai.cost_usd', z.number().nullable(), 'US dollars.'),
  genAiAgentId: field('gen_ai.agent.id', name, 'Agent acting.'),
  genAiToolName: field('gen_ai.tool.name', name, 'Tool called.'),
  genAiConversationId: field('gen_ai.conversation.id', name, 'Conversation or task.'),
  mcpMethod: field('mcp.method.name', name, 'MCP method.'),
  mcpSessionId: field('mcp.session.id', name, 'Keyed hash of the MCP session.'),
  issuedIds: field(
    'credential.issued',
    texts,
    'Ids of the credentials and tokens that this call issued: the key of a role session, a new access key, a new user.',
  ),
  signInStrength: field(
    'authentication.strength',
    z.enum(['single-factor', 'multi-factor']).nullable(),
    "Of a sign-in: by password alone, or with a second factor. Absent where the event is no sign-in or the identity provider's business.",
  ),
  sampleRate: field('sample_rate', z.number().positive().max(1), 'Share of requests the gateway logs.'),
  timeSuspect: field('time_suspect', z.boolean(), 'The event time is far from the ingest time.'),
} satisfies Record<string, Field<z.ZodType>>;

type Fields = typeof usageEventFields;
export type UsageEvent = { [K in keyof Fields]: z.output<Fields[K]['schema']> };
export type CredentialType = (typeof credentialTypes)[number];
export type CredentialSource = (typeof credentialSources)[number];
export type UsageEventField = keyof UsageEvent;

const entries = Object.entries(usageEventFields) as [UsageEventField, Field<z.ZodType>][];

const nothing: readonly string[] = Object.freeze([]);
const named: UsageEvent = {
  ...(Object.fromEntries(entries.map(([key]) => [key, null])) as unknown as UsageEvent),
  timestampMs: 0,
  eventId: '',
  gatewayType: '',
  credentialId: '',
  credentialType: 'unknown',
  credentialSource: 'network',
  tokenAudience: nothing,
  tokenScopes: nothing,
  tokenSingleUse: false,
  tokenClaimsVerified: true,
  queryKeys: nothing,
  secretQueryKeys: nothing,
  issuedIds: nothing,
  outcome: 'unknown',
  sampleRate: 1,
  timeSuspect: false,
};
/** Parsed, since only then all its fields, and those of what is spread from it, lie in the object itself: reading one is one step. */
const blank: UsageEvent = JSON.parse(JSON.stringify(named), (_, value) =>
  Array.isArray(value) ? nothing : value,
);

/** An event with nothing known; formats fill what the gateway logged. Its lists are shared and frozen. */
export function emptyUsageEvent(): UsageEvent {
  return { ...blank };
}

/** Dotted JSON form of an event: nulls, empty lists and default flags are left out. */
export function toWire(event: UsageEvent): Record<string, unknown> {
  const wire: Record<string, unknown> = {};
  for (const [key, { wire: dotted }] of entries) {
    const value = event[key];
    if (value === null || value === false) continue;
    if (Array.isArray(value) && value.length === 0) continue;
    if ((key === 'sampleRate' && value === 1) || key === 'tokenClaimsVerified') continue;
    wire[dotted] = value;
  }
  if (!event.tokenClaimsVerified) wire['token.claims_verified'] = false;
  return wire;
}

/** The wire form as a schema, for JSON Schema and for refusing wrong types by name. */
export const usageEventWire = z.object(
  Object.fromEntries(
    entries.map(([, { wire, schema, description }]) => [wire, schema.describe(description)]),
  ),
);
