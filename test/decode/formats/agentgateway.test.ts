import { describe, expect, it } from 'vitest';
import { agentgateway } from '../../../src/decode/formats/agentgateway.ts';
import { one } from '../decoding.ts';
import { expectHidden, survivesAnything, survivesDamage } from './hostile-values.ts';
import { expectYields } from './yields.ts';

const line = {
  level: 'info',
  time: '2026-01-05T10:00:01.250000Z',
  scope: 'request',
  gateway: 'default/agents',
  listener: 'http',
  route: 'mcp',
  endpoint: '10.0.0.8:3001',
  'src.addr': '203.0.113.9:52114',
  'http.method': 'POST',
  'http.host': 'agents.example.com',
  'http.path': '/mcp?api_key=abcdefabcdef0123',
  'http.status': 200,
  'jwt.iss': 'https://idp.example',
  'jwt.sub': 'agent-7',
  'jwt.jti': 'j-1',
  protocol: 'mcp',
  'mcp.method.name': 'tools/call',
  'mcp.target': 'orders',
  'mcp.session.id': 'b1946ac92492d2347c6235b4d2611184',
  'gen_ai.tool.name': 'cancel_order',
  'user_agent.original': 'agent/1.2',
  duration: '250ms',
};

describe('agentgateway', () => {
  it('reads caller, tool and session of an MCP call', () => {
    const event = one(line);
    expect(event).toMatchObject({
      gatewayType: 'agentgateway',
      timestampMs: Date.UTC(2026, 0, 5, 10, 0, 1),
      durationMs: 250,
      clientAddress: '203.0.113.9',
      method: 'POST',
      path: '/mcp',
      status: 200,
      tokenIssuer: 'https://idp.example',
      tokenSubject: 'agent-7',
      mcpMethod: 'tools/call',
      genAiToolName: 'cancel_order',
      upstreamName: 'orders',
      gatewayName: 'default/agents',
    });
    expect(event.credentialSource).toBe('claim');
    expectYields(line, [...agentgateway.yields.byDefault, ...agentgateway.yields.withSnippet]);
  });

  it('reads objects within objects, the older names and a model call', () => {
    const { 'mcp.method.name': _, ...rest } = line;
    const event = one({
      ...rest,
      'mcp.method': 'tools/list',
      gen_ai: { request: { model: 'gpt-4o' }, usage: { input_tokens: 9, output_tokens: 4 } },
      'agw.ai.usage.cost.total': 0.0004,
    });
    expect(event).toMatchObject({
      mcpMethod: 'tools/list',
      genAiModel: 'gpt-4o',
      genAiInputTokens: 9,
      genAiOutputTokens: 4,
      genAiCostUsd: 0.0004,
    });
  });

  it('takes the identity of a workload where there is no token', () => {
    const { 'jwt.iss': _a, 'jwt.sub': _b, 'jwt.jti': _c, ...rest } = line;
    const spiffe = 'spiffe://cluster.local/ns/shop/sa/orders';
    expect(one({ ...rest, 'src.identity': spiffe })).toMatchObject({
      credentialId: spiffe,
      credentialType: 'mtls_cert',
    });
  });

  const text =
    '2026-01-05T10:00:01.250000Z\tinfo\trequest gateway=default/agents listener=http route=mcp src.addr=203.0.113.9:52114 ' +
    'http.method=GET http.host=agents.example.com http.path=/orders/7 http.status=200 protocol=http jwt.sub=agent-7 duration=250ms';

  it('reads its text form', () => {
    expect(one(text)).toMatchObject({
      gatewayType: 'agentgateway-text',
      timestampMs: Date.UTC(2026, 0, 5, 10, 0, 1),
      clientAddress: '203.0.113.9',
      route: 'GET /orders/{int}',
      status: 200,
      tokenSubject: 'agent-7',
    });
  });

  it('hides session and key, and survives anything', () => {
    expectHidden(line, ['b1946ac92492d2347c6235b4d2611184', 'abcdefabcdef0123']);
    expectHidden({ ...line, authorization: 'Bearer hunter2-hunter2-hunter2' }, ['hunter2-hunter2-hunter2']);
    survivesAnything(line);
    survivesDamage(text);
  });
});
