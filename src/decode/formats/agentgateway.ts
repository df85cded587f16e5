import type { Format, Reading } from '../format.ts';
import { amount, type JsonObject, object, status, text } from '../text.ts';
import { goDurationMs, scaled } from './fields.ts';
import { claimNames, credentialNames, namedClaims, namedCredential, reader } from './named.ts';
import { logfmt } from './tokens.ts';

const find = reader({
  ...claimNames,
  ...credentialNames,
  time: ['time', 'timestamp', '@timestamp'],
  method: ['http.method'],
  path: ['http.path'],
  host: ['http.host'],
  status: ['http.status'],
  source: ['src.addr'],
  workload: ['src.identity'],
  agent: ['http.user_agent', 'user_agent.original'],
  duration: ['duration'],
  gateway: ['gateway'],
  route: ['route'],
  endpoint: ['endpoint', 'backend'],
  trace: ['trace.id', 'trace_id'],
  error: ['error'],
  failed: ['mcp.error.code', 'jsonrpc.error.code', 'rpc.response.status_code'],
  mcpMethod: ['mcp.method.name', 'mcp.method'],
  mcpSession: ['mcp.session.id'],
  tool: ['gen_ai.tool.name', 'mcp.resource.name'],
  toolServer: ['mcp.target'],
  model: ['gen_ai.request.model', 'gen_ai.response.model'],
  provider: ['gen_ai.provider.name', 'gen_ai.system'],
  inputTokens: ['gen_ai.usage.input_tokens'],
  outputTokens: ['gen_ai.usage.output_tokens'],
  cost: ['agw.ai.usage.cost.total'],
  agentId: ['gen_ai.agent.id'],
  conversation: ['gen_ai.conversation.id'],
  ja4: ['tls.client.ja4'],
});

function read(line: JsonObject): Reading {
  const found = find(line);
  const workload = text(found.workload);
  const failed = text(found.failed, 32);
  const milliseconds = goDurationMs(found.duration) ?? scaled(found.duration, 1);
  const credential = namedCredential(found);
  return {
    time: found.time,
    timeIsEnd: true,
    plain: {
      gatewayName: text(found.gateway),
      host: text(found.host),
      traceId: text(found.trace, 64),
      apiName: text(found.route),
      upstreamName: text(found.toolServer) ?? text(found.endpoint),
      errorType: failed === null ? text(found.error) : `mcp:${failed}`,
      // JSON-RPC errors come with status 200.
      ...(failed === null ? {} : { outcome: 'failure' as const }),
      mcpMethod: text(found.mcpMethod),
      mcpSessionId: text(found.mcpSession),
      genAiToolName: text(found.tool),
      genAiModel: text(found.model),
      genAiProvider: text(found.provider),
      genAiInputTokens: amount(found.inputTokens),
      genAiOutputTokens: amount(found.outputTokens),
      genAiCostUsd: amount(found.cost),
      genAiAgentId: text(found.agentId),
      genAiConversationId: text(found.conversation),
      ja4: text(found.ja4, 64),
      certSubject: workload,
    },
    peer: text(found.source, 64),
    method: text(found.method, 32),
    target: text(found.path, 8192),
    status: status(found.status),
    durationMs: milliseconds,
    userAgent: text(found.agent, 512),
    claims: namedClaims(found),
    areClaimsVerified: true,
    // The identity of a mesh's workload is proven by its certificate.
    credential:
      credential ?? (workload === null ? null : { id: workload, type: 'mtls_cert', name: workload }),
  };
}

const pitfalls = [
  'All request headers are logged when somebody asked for them, Authorization among them: only its keyed hash is kept.',
  'jwt.sub is there for tokens that were checked; name jwt.jti and jwt.iss too, or two issuers look like one.',
  'The names of MCP fields changed between versions: both are read.',
  'mcp.session.id works like a bearer token: it is kept as a hash only.',
];

const snippet: Format['snippet'] = {
  language: 'yaml',
  text: `# The configuration's logging: fields are CEL expressions.
config:
  logging:
    format: json
    fields:
      add:
        jwt.iss: jwt.iss
        jwt.jti: jwt.jti
        jwt.exp: jwt.exp
        user_agent.original: request.headers["user-agent"]`,
};

const yields: Format['yields'] = {
  byDefault: [
    'timestampMs',
    'method',
    'path',
    'status',
    'durationMs',
    'clientAddress',
    'mcpMethod',
    'genAiToolName',
  ],
  withSnippet: ['credentialId', 'tokenId', 'tokenIssuer', 'userAgent'],
};

const verified = 'lines written after its documentation and the names its source gives; not run';

function isRequest(line: JsonObject): boolean {
  return (
    line['scope'] === 'request' &&
    (line['http.status'] !== undefined || object(line['http'])['status'] !== undefined)
  );
}

export const agentgateway: Format = {
  id: 'agentgateway',
  title: 'agentgateway (JSON)',
  shape: 'json',
  matches: isRequest,
  read: (line) => read(line),
  pitfalls,
  snippet,
  yields,
  verified,
};

const longestHead = 64;

/** Behind time, level and scope, which blanks or tabs part; −1 where no request is told of. */
function placeOfFields(line: string): number {
  const at = line.slice(0, longestHead).search(/[\t ]request[\t ]/);
  return at < 10 ? -1 : at + ' request '.length;
}

export const agentgatewayText: Format = {
  id: 'agentgateway-text',
  title: 'agentgateway (text)',
  shape: 'text',
  matches: (_line, text) => text.includes(' http.status=') && placeOfFields(text) >= 0,
  read(_line, line) {
    const at = placeOfFields(line);
    const time = line.slice(0, Math.max(0, at));
    const end = time.search(/[\t ]/);
    return read({ ...logfmt(line.slice(Math.max(0, at))), time: end < 0 ? time : time.slice(0, end) });
  },
  pitfalls,
  snippet,
  yields,
  verified,
};
