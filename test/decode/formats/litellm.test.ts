import { describe, expect, it } from 'vitest';
import { one } from '../decoding.ts';
import { expectHidden, survivesAnything } from './hostile-values.ts';

const keyHash = '88dc28d0f030c55ed4ab77ed8faf098196cb1c05df778539800c9f1243fe6b4b';

const payload = {
  id: 'chatcmpl-1',
  trace_id: 't-1',
  call_type: 'acompletion',
  status: 'success',
  custom_llm_provider: 'openai',
  startTime: '2026-01-05 10:00:00.250000',
  endTime: '2026-01-05 10:00:01.750000',
  response_time: 1.5,
  model: 'gpt-4o',
  response_cost: 0.000225,
  prompt_tokens: 10,
  completion_tokens: 20,
  total_tokens: 30,
  end_user: 'u-7',
  requester_ip_address: '203.0.113.9',
  metadata: {
    user_api_key_hash: keyHash,
    user_api_key_alias: 'billing-bot',
    user_api_key_team_id: 'team-1',
    user_api_key_team_alias: 'Billing',
    user_api_key_org_id: 'org-1',
    mcp_tool_call_metadata: { name: 'search_orders' },
  },
  messages: [{ role: 'user', content: 'my password is hunter2-hunter2' }],
  response: { choices: [{ message: { content: 'sk-live-abcdefghijklmnop' } }] },
  error_information: { error_code: '', error_class: '' },
};

describe('LiteLLM', () => {
  it('reads caller, model, tokens and cost of a payload', () => {
    expect(one(payload)).toMatchObject({
      gatewayType: 'litellm',
      timestampMs: Date.UTC(2026, 0, 5, 10, 0, 0, 250),
      durationMs: 1500,
      credentialId: keyHash,
      credentialType: 'api_key',
      credentialName: 'billing-bot',
      credentialSource: 'gateway_id',
      consumerId: 'team-1',
      consumerName: 'Billing',
      organizationId: 'org-1',
      userId: 'u-7',
      route: 'acompletion',
      status: 200,
      outcome: 'success',
      clientAddress: '203.0.113.9',
      genAiProvider: 'openai',
      genAiModel: 'gpt-4o',
      genAiInputTokens: 10,
      genAiOutputTokens: 20,
      genAiCostUsd: 0.000225,
      genAiToolName: 'search_orders',
    });
  });

  it('reads a row of the spend logs, its metadata written as text', () => {
    const { metadata, response_cost: cost, id: _, ...rest } = payload;
    const row = {
      ...rest,
      request_id: 'chatcmpl-2',
      api_key: keyHash,
      spend: cost,
      session_id: 's-1',
      metadata: JSON.stringify({ ...metadata, user_api_key_hash: undefined }),
    };
    expect(one(row)).toMatchObject({
      httpRequestId: 'chatcmpl-2',
      credentialId: keyHash,
      consumerId: 'team-1',
      genAiCostUsd: 0.000225,
      genAiConversationId: 's-1',
    });
  });

  it('keeps the code of a failure', () => {
    const failed = {
      ...payload,
      status: 'failure',
      error_information: { error_code: '401', error_class: 'AuthenticationError' },
    };
    expect(one(failed)).toMatchObject({ status: 401, outcome: 'failure', errorType: 'AuthenticationError' });
    expect(one({ ...payload, status: 'failure', error_information: {} }).status).toBe(500);
  });

  it('shows neither prompts and answers nor a key that was logged as it is', () => {
    const key = 'sk-Zq7Rv2Lm9Xw4Tn6Bc1Kd8Pf3Hs5Jg0Qa';
    const raw = { ...payload, metadata: { ...payload.metadata, user_api_key_hash: key } };
    const event = one(raw);
    expect(event.credentialId).toMatch(/^key:/);
    expectHidden(raw, [key, 'hunter2-hunter2', 'sk-live-abcdefghijklmnop']);
  });

  it('survives anything in any field', () => {
    survivesAnything(payload);
  });
});
