import type { FilledReading, Format } from '../format.ts';
import { amount, type JsonObject, text } from '../text.ts';
import { envoy, envoySnippet, isAiLine, readEnvoy } from './envoy.ts';
import { pick } from './fields.ts';

function read(line: JsonObject): FilledReading {
  const reading = readEnvoy(line);
  const failed = text(pick(line, 'mcp.error.code', 'jsonrpc.error.code', 'rpc.jsonrpc.error_code'));
  return {
    ...reading,
    event: {
      ...reading.event,
      genAiModel: text(pick(line, 'gen_ai.request.model', 'gen_ai.response.model')),
      genAiOutputTokens: amount(line['gen_ai.usage.output_tokens']),
      mcpSessionId: text(line['mcp.session.id']),
      upstreamName: text(pick(line, 'mcp.provider.name', 'upstream_cluster')),
      // JSON-RPC errors come with status 200.
      ...(failed === null ? {} : { outcome: 'failure' as const, errorType: `mcp:${failed}` }),
    },
  };
}

export const envoyAiGateway: Format = {
  id: 'envoy-ai-gateway',
  title: 'Envoy AI Gateway (models and MCP)',
  shape: 'json',
  matches: (line) => line['response_code'] !== undefined && isAiLine(line),
  read,
  pitfalls: [
    'Token counts are logged only with llmRequestCosts, MCP fields only where the log format names them.',
    'mcp.session.id works like a bearer token: it is kept as a hash only.',
    ...envoy.pitfalls.slice(0, 1),
  ],
  snippet: {
    language: 'yaml',
    text: `${envoySnippet.text}
  gen_ai.request.model: "%DYNAMIC_METADATA(io.envoy.ai_gateway:model_name_override)%"
  gen_ai.usage.input_tokens: "%DYNAMIC_METADATA(io.envoy.ai_gateway:llm_input_token)%"
  gen_ai.usage.output_tokens: "%DYNAMIC_METADATA(io.envoy.ai_gateway:llm_output_token)%"
  mcp.method.name: "%DYNAMIC_METADATA(io.envoy.ai_gateway:mcp_method)%"`,
  },
  yields: {
    byDefault: [
      ...envoy.yields.byDefault,
      'genAiModel',
      'genAiInputTokens',
      'genAiOutputTokens',
      'mcpMethod',
    ],
    withSnippet: envoy.yields.withSnippet,
  },
  verified:
    'lines of Envoy AI Gateway for a model and for an MCP call; the metadata names of the snippet are not run',
};
