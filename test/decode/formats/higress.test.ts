import { describe, expect, it } from 'vitest';
import { higress } from '../../../src/decode/formats/higress.ts';
import { envoyLine, one } from '../decoding.ts';
import { expectHidden, survivesAnything } from './hostile-values.ts';
import { expectYields } from './yields.ts';

const { jwt_iss: _iss, jwt_sub: _sub, jwt_azp: _azp, jwt_jti: _jti, ...plainLine } = envoyLine;
const statistics = {
  api: 'chat',
  consumer: 'billing-bot',
  model: 'qwen-max',
  input_token: '120',
  output_token: '36',
  llm_service_duration: '812',
  question: 'my password is hunter2-hunter2',
};
const line = { ...plainLine, ai_log: JSON.stringify(statistics) };

describe('Higress', () => {
  it('unpacks the statistics that stand as text in the line', () => {
    expect(one(line)).toMatchObject({
      gatewayType: 'higress',
      timestampMs: Date.UTC(2026, 0, 5, 10, 0, 0, 250),
      route: 'GET /orders/{int}',
      status: 200,
      credentialId: 'billing-bot',
      consumerId: 'billing-bot',
      genAiModel: 'qwen-max',
      genAiInputTokens: 120,
      genAiOutputTokens: 36,
      apiName: 'chat',
    });
    expectYields(line, [
      ...higress.yields.withSnippet,
      'genAiModel',
      'genAiInputTokens',
      'genAiOutputTokens',
    ]);
  });

  it('takes a token for the credential where the line has one, the consumer for its owner', () => {
    const event = one({ ...envoyLine, ai_log: JSON.stringify(statistics) });
    expect(event.credentialId).toBe('https://idp.example|orders|svc-orders');
    expect(event.consumerId).toBe('billing-bot');
  });

  it('believes no consumer on a refused call', () => {
    expect(one({ ...line, response_code: 401 }).credentialId).not.toBe('billing-bot');
  });

  it('reads a line whose statistics are broken or missing as far as it goes', () => {
    for (const ai_log of ['{"model":', '-', '', {}, [], 7]) {
      const event = one({ ...line, ai_log });
      expect(event.status).toBe(200);
      expect(event.genAiModel).toBeNull();
    }
  });

  it('keeps nothing of questions, and survives anything in any field', () => {
    expectHidden(line, ['hunter2-hunter2']);
    survivesAnything(line);
    survivesAnything({ ...line, ai_log: statistics });
  });
});
