import type { UsageEvent } from '../../schemas/usage-event.ts';

/** What agents of models do. */

/** A call of one of an agent's tools. */
export function tool(n: number): Partial<UsageEvent> {
  return {
    route: 'POST /mcp',
    path: '/mcp',
    method: 'POST',
    objectId: null,
    objectNumber: null,
    genAiToolName: `tool-${n}`,
  };
}

/** A model call of so many tokens. */
export function llm(tokens: number): Partial<UsageEvent> {
  return {
    route: 'POST /v1/chat/completions',
    path: '/v1/chat/completions',
    method: 'POST',
    objectId: null,
    objectNumber: null,
    genAiInputTokens: Math.round(tokens * 0.8),
    genAiOutputTokens: Math.round(tokens * 0.2),
    genAiCostUsd: tokens * 4e-6,
  };
}
