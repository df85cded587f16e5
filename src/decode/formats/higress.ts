import type { FilledReading, Format } from '../format.ts';
import { amount, type JsonObject, object, text } from '../text.ts';
import { envoy, readEnvoy } from './envoy.ts';
import { pick } from './fields.ts';

/** The AI plugin's statistics stand as text in a field of Envoy's own line; they arrive here as an object. */
function read(line: JsonObject): FilledReading {
  const reading = readEnvoy(line);
  const ai = object(line['ai_log']);
  const consumer = text(pick(ai, 'consumer') ?? pick(line, 'x_mse_consumer', 'consumer'));
  return {
    ...reading,
    event: {
      ...reading.event,
      consumerId: consumer,
      genAiModel: text(pick(ai, 'model', 'request_model')),
      genAiInputTokens: amount(pick(ai, 'input_token', 'input_tokens')),
      genAiOutputTokens: amount(pick(ai, 'output_token', 'output_tokens')),
      genAiConversationId: text(pick(ai, 'chat_id', 'session_id')),
      genAiToolName: text(pick(ai, 'mcp_tool_name', 'tool')),
      apiName: text(pick(ai, 'api')) ?? reading.event.apiName,
    },
    // The consumer is named by the gateway's own key-auth or jwt-auth, and only when it let the caller in.
    ...(consumer === null || (reading.credential ?? null) !== null || (reading.claims ?? null) !== null
      ? {}
      : { credential: { id: consumer, type: 'api_key' as const, name: consumer, isSaid: true } }),
  };
}

export const higress: Format = {
  id: 'higress',
  title: 'Higress (Envoy with AI statistics)',
  shape: 'json',
  matches: (line) => line['response_code'] !== undefined && line['ai_log'] !== undefined,
  read,
  pitfalls: [
    'The statistics are text inside the line, their numbers text again: both are unpacked.',
    'A consumer may have several keys: they count as one credential unless the log names the key.',
    'Questions and answers stand in ai_log when the plugin is told to keep them: nothing of them is read.',
    ...envoy.pitfalls.slice(0, 1),
  ],
  snippet: {
    language: 'yaml',
    text: `# Global settings of the gateway: Envoy's line with the statistics and the consumer that was let in.
accessLogFormat: |
  {"ai_log":"%FILTER_STATE(wasm.ai_log:PLAIN)%","x_mse_consumer":"%REQ(X-MSE-CONSUMER)%","start_time":"%START_TIME%",
   "method":"%REQ(:METHOD)%","path":"%REQ(X-ENVOY-ORIGINAL-PATH?:PATH)%","response_code":"%RESPONSE_CODE%",
   "bytes_received":"%BYTES_RECEIVED%","bytes_sent":"%BYTES_SENT%","duration":"%DURATION%",
   "x_forwarded_for":"%REQ(X-FORWARDED-FOR)%","user_agent":"%REQ(USER-AGENT)%","request_id":"%REQ(X-REQUEST-ID)%",
   "authority":"%REQ(:AUTHORITY)%","downstream_remote_address":"%DOWNSTREAM_REMOTE_ADDRESS%"}`,
  },
  yields: {
    byDefault: [...envoy.yields.byDefault, 'genAiModel', 'genAiInputTokens', 'genAiOutputTokens'],
    withSnippet: ['credentialId', 'consumerId'],
  },
  verified: 'lines written after its documentation and the names its plugin sets; not run',
};
