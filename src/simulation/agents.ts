import type { UsageEvent } from '../../schemas/usage-event.ts';
import type { Operation } from './apis.ts';
import type { Call, Credential } from './credential.ts';
import { logNormal } from './distributions.ts';
import { hashText, type Random } from './random.ts';

const models = ['large-1', 'small-2', 'medium-3'];

/** The name of the tool an agent calls for an operation: stable, and telling nothing but itself; half of those of administrators say what they do. */
export function toolOf(operation: Operation): string {
  const { method, pathHead, route, pathTail, shape, scope, admin } = operation;
  const hash = hashText([method, pathHead ?? route, pathTail, shape].join(' '), 7);
  if (!admin) return `${scope.replace(/\W/g, '_')}_${hash.toString(36)}`;
  return hash % 2 === 0 ? `task_${hash.toString(36)}` : route.split(/[/:.]/).slice(-3).join('_');
}

/** Half of the APIs have their tools behind one path, where the tool alone tells what is called. */
function isOnePath({ api }: Credential): boolean {
  return hashText(api.id, 11) % 2 === 0;
}

const onePath: Partial<UsageEvent> = { method: 'POST', path: '/mcp', route: 'POST /mcp', queryKeys: [] };

/** The call as the AI gateway in front of an agent logs it, whoever made it. */
export function asAgent(credential: Credential, call: Call, random: Random): Call {
  if (credential.kind !== 'agent' || call.extra?.genAiToolName !== undefined) return call;
  return { ...call, extra: { ...agentFields(credential, call.operation, random), ...call.extra } };
}

/** What an AI gateway logs of one tool call or model request. */
export function agentFields(
  credential: Credential,
  operation: Operation,
  random: Random,
): Partial<UsageEvent> {
  const input = Math.round(logNormal(random, 900, 0.8));
  const output = Math.round(logNormal(random, 250, 0.8));
  return {
    genAiProvider: 'self-hosted',
    genAiModel: models[credential.index % models.length] as string,
    genAiToolName: toolOf(operation),
    genAiConversationId: `conv-${credential.tag}-${credential.sessions}`,
    genAiInputTokens: input,
    genAiOutputTokens: output,
    genAiCostUsd: Math.round((input * 2 + output * 8) / 10) / 100_000,
    mcpMethod: 'tools/call',
    mcpSessionId: `mcp-${credential.tag}-${credential.sessions}`,
    ...(isOnePath(credential) ? onePath : {}),
  };
}
