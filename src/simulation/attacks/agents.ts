import { agentFields, toolOf } from '../agents.ts';
import type { Operation } from '../apis.ts';
import type { Call, Credential } from '../credential.ts';
import { integer, logUniform, pick, sample } from '../distributions.ts';
import { hex } from '../event.ts';
import { anyOwnObject } from '../objects.ts';
import type { Scenario, Stage } from '../scenario.ts';
import { plainCall } from '../traffic.ts';
import { hasItems, hourMs, inside, mainItem, oneByOne, strong, usual, whenLevel, within } from './kit.ts';

const isAgent = (target: Credential) => target.kind === 'agent';

/** One call of a hijacked agent: its own place, one conversation for the whole episode. */
function toolCall(
  stage: Stage,
  target: Credential,
  operation: Operation,
  at: number,
  conversation: string,
  object: number,
): Call {
  const { random } = stage;
  const own = operation.shape === 'item' ? anyOwnObject(target, random, at - stage.fleet.startMs) : -1;
  const wanted = object >= 0 ? object : own;
  const call = plainCall(random, inside(target, at, random), operation, wanted, -1, 200, 1);
  const extra = {
    ...agentFields(target, operation, random),
    genAiConversationId: conversation,
    mcpSessionId: conversation,
  };
  return { ...call, extra };
}

export const agentNewTools: Scenario<'agent-new-tools'> = {
  id: 'agent-new-tools',
  number: 37,
  description: 'A prompt injection makes an agent call tools it never used.',
  family: 'out-of-pattern',
  group: 'agent',
  fits: (target) =>
    isAgent(target) && [...target.api.operations, ...target.api.admin].length > target.operations.length + 2,
  plan(stage, target, startMs) {
    const { random } = stage;
    const known = new Set(target.operations.map(toolOf));
    // Administrators' tools where there are any: nothing that a later roll-out could bring honestly.
    const pool = target.api.admin.length > 0 ? target.api.admin : target.api.operations;
    const fresh = pool.filter((operation) => !known.has(toolOf(operation)));
    if (fresh.length === 0) return null;
    const conversation = `conv-${target.tag}-${hex(random)}`;
    const tools = sample(random, fresh, integer(random, 1, 4));
    const times = oneByOne(stage, startMs, 15_000, strong(stage, logUniform(random, 1, 20)));
    return {
      activities: [
        { target, times, make: (at) => toolCall(stage, target, pick(random, tools), at, conversation, -1) },
      ],
    };
  },
};

export const agentToolLoop: Scenario<'agent-tool-loop'> = {
  id: 'agent-tool-loop',
  number: 38,
  description: 'An agent calls one tool over and over in one conversation.',
  family: 'out-of-pattern',
  alsoFamilies: ['scraping'],
  group: 'agent',
  fits: isAgent,
  plan(stage, target, startMs) {
    const { random, fleet } = stage;
    const operation = usual(target, random);
    const object = operation.shape === 'item' ? anyOwnObject(target, random, startMs - fleet.startMs) : -1;
    const conversation = `conv-${target.tag}-${hex(random)}`;
    const times = oneByOne(stage, startMs, 3_000, strong(stage, Math.round(logUniform(random, 150, 800))));
    return {
      activities: [
        { target, times, make: (at) => toolCall(stage, target, operation, at, conversation, object) },
      ],
    };
  },
};

export const agentSpend: Scenario<'agent-spend'> = {
  id: 'agent-spend',
  number: 39,
  description: "The agent's key pays for somebody else's prompts: many times the usual tokens a call.",
  family: 'out-of-pattern',
  group: 'agent',
  fits: isAgent,
  plan(stage, target, startMs) {
    const { random } = stage;
    const conversation = `conv-${target.tag}-${hex(random)}`;
    const times = within(stage, startMs, 2 * hourMs, strong(stage, 60));
    const make = (at: number): Call => {
      const call = toolCall(stage, target, usual(target, random), at, conversation, -1);
      const factor = logUniform(random, 15, 60);
      const cost = (call.extra?.genAiCostUsd ?? 0) * factor;
      return {
        ...call,
        extra: {
          ...call.extra,
          genAiModel: 'large-9',
          genAiInputTokens: Math.round((call.extra?.genAiInputTokens ?? 0) * factor),
          genAiOutputTokens: Math.round((call.extra?.genAiOutputTokens ?? 0) * factor),
          genAiCostUsd: Math.round(cost * 1e5) / 1e5,
        },
      };
    };
    return { activities: [{ target, times, make }] };
  },
};

export const agentOutsideTask: Scenario<'agent-outside-task'> = {
  id: 'agent-outside-task',
  number: 40,
  description: 'An agent works on its own when it is never asked to, on objects of others.',
  family: 'out-of-pattern',
  alsoFamilies: ['scraping'],
  group: 'agent',
  fits: (target) =>
    isAgent(target) && Math.min(...target.profile) < 0.3 * Math.max(...target.profile) && hasItems(target),
  plan(stage, target, startMs) {
    const { random, fleet } = stage;
    const operation = mainItem(target);
    if (operation === null) return null;
    const from = whenLevel(target, startMs, (level) => level < 0.15);
    const conversation = `conv-${target.tag}-${hex(random)}`;
    const times = within(stage, from, 3 * hourMs, strong(stage, 80));
    return {
      activities: [
        {
          target,
          times,
          make: (at) =>
            toolCall(
              stage,
              target,
              operation,
              at,
              conversation,
              anyOwnObject(pick(random, fleet.credentials), random, at - fleet.startMs),
            ),
        },
      ],
    };
  },
};
