import type { Format, GatewayCredential, Reading } from '../format.ts';
import { amount, type JsonObject, object, status, text } from '../text.ts';
import { between, looksHashed, pick, scaled } from './fields.ts';

/** The virtual key's SHA-256 is what LiteLLM itself knows it by; spend logs have it under the name of the key. */
function credentialOf(line: JsonObject, metadata: JsonObject): GatewayCredential | null {
  const hash = text(pick(metadata, 'user_api_key_hash', 'user_api_key') ?? line['api_key'], 128);
  if (hash === null || !looksHashed(hash)) return null;
  return { id: hash, type: 'api_key', name: text(metadata['user_api_key_alias']) };
}

/** Logs of a version that writes the key itself: it goes no further than to its hash. */
function rawKeyOf(line: JsonObject, metadata: JsonObject): string | null {
  const key = text(pick(metadata, 'user_api_key_hash', 'user_api_key') ?? line['api_key'], 4096);
  return key === null || looksHashed(key) ? null : key;
}

/** Calls that reached a model have no HTTP status in the log: success is 200, an error has its code. */
function statusOf(line: JsonObject): number | null {
  const code = status(object(line['error_information'])['error_code']);
  return code ?? (line['status'] === 'success' ? 200 : line['status'] === 'failure' ? 500 : null);
}

const agentTag = 'User-Agent: ';
const mostTags = 16;

/** Among the tags it stands without its version and with it. */
function agentOf(line: JsonObject, metadata: JsonObject): string | null {
  const tags = line['request_tags'];
  const tagged = Array.isArray(tags)
    ? tags.slice(0, mostTags).findLast((tag) => typeof tag === 'string' && tag.startsWith(agentTag))
    : undefined;
  return text(metadata['user_agent'], 512) ?? text(tagged?.slice(agentTag.length), 512);
}

function read(line: JsonObject): Reading {
  const metadata = object(line['metadata']);
  const tool = object(metadata['mcp_tool_call_metadata']);
  const error = object(line['error_information']);
  const callType = text(line['call_type'], 64);
  const rawKey = rawKeyOf(line, metadata);
  const user = text(pick(metadata, 'user_api_key_user_id') ?? line['user']);
  return {
    time: line['startTime'],
    plain: {
      httpRequestId: text(pick(line, 'request_id', 'id')),
      traceId: text(line['trace_id'], 64),
      userId: text(line['end_user']) ?? user,
      consumerId: text(pick(metadata, 'user_api_key_team_id') ?? line['team_id']),
      consumerName: text(metadata['user_api_key_team_alias']),
      organizationId: text(pick(metadata, 'user_api_key_org_id') ?? line['organization_id']),
      errorType: text(error['error_class']),
      genAiProvider: text(line['custom_llm_provider']),
      genAiModel: text(line['model']),
      genAiInputTokens: amount(line['prompt_tokens']),
      genAiOutputTokens: amount(line['completion_tokens']),
      genAiCostUsd: amount(pick(line, 'response_cost', 'spend')),
      genAiConversationId: text(line['session_id']),
      genAiAgentId: text(line['agent_id']),
      mcpMethod: callType === 'call_mcp_tool' ? 'tools/call' : null,
      genAiToolName: text(pick(tool, 'name') ?? line['mcp_namespaced_tool_name']),
    },
    client: text(pick(line, 'requester_ip_address') ?? metadata['requester_ip_address'], 64),
    route: callType,
    status: statusOf(line),
    durationMs: scaled(line['response_time'], 1000) ?? between(line['startTime'], line['endTime']),
    userAgent: agentOf(line, metadata),
    credential: credentialOf(line, metadata),
    apiKey: rawKey,
    // A team has many keys: the key itself comes first.
    isKeyKnown: rawKey !== null,
  };
}

export const litellm: Format = {
  id: 'litellm',
  title: 'LiteLLM proxy (standard logging payload, spend logs)',
  shape: 'json',
  matches: (line) =>
    typeof line['call_type'] === 'string' &&
    line['startTime'] !== undefined &&
    line['prompt_tokens'] !== undefined,
  read,
  pitfalls: [
    'Times are written without a zone: set decode.assumeTimezoneMinutes when the proxy does not run in UTC.',
    'Prompts and answers are in the payload. Nothing of them is read; turn them off at the source all the same.',
    'There is no path and no user agent: the kind of call (acompletion, aembedding) is the operation.',
    'The address is that of the last proxy unless use_x_forwarded_for is set.',
  ],
  snippet: {
    language: 'yaml',
    text: `# config.yaml of the proxy; the collector behind the endpoint writes the records to a topic.
litellm_settings:
  callbacks: ["generic_api"]
  turn_off_message_logging: true
general_settings:
  use_x_forwarded_for: true
# environment: GENERIC_LOGGER_ENDPOINT=https://collector.example.com/litellm`,
  },
  yields: {
    byDefault: [
      'timestampMs',
      'credentialId',
      'credentialName',
      'route',
      'status',
      'durationMs',
      'httpRequestId',
      'userId',
      'consumerId',
      'genAiProvider',
      'genAiModel',
      'genAiInputTokens',
      'genAiOutputTokens',
      'genAiCostUsd',
    ],
    withSnippet: ['clientAddress'],
  },
  verified: 'two payloads of its own test suite; the proxy was not run',
};
