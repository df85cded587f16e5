import type { UsageEvent } from '../../schemas/usage-event.ts';
import { hash32 } from '../stats/hash.ts';
import { sensitivity } from './sensitive-operation.ts';

/** What the text of an operation says, read once an operation. */
export interface OperationFacts {
  readonly hash: number;
  /** Objects of different routes are different objects. */
  readonly objectSpace: number;
  /** Of the tool alone, wherever it is reached; 0 when the call is of none. */
  readonly tool: number;
  /** A bit for each of `sensitiveKinds`; 0 for plain ones. */
  readonly sensitivity: number;
}

export const noOperation: OperationFacts = { hash: 0, objectSpace: 0, tool: 0, sensitivity: 0 };
const remembered = 20_000;
const known = new Map<string, OperationFacts>();

/** The tool an agent calls, or what else it asks of a tool server; null for other calls. */
export function toolOf(event: UsageEvent): string | null {
  return event.genAiToolName ?? event.mcpMethod;
}

/**
 * Route and tool: agents reach all their tools on one path, where the tool alone says what is done.
 * Empty when the gateway logged neither.
 */
export function operationOf(event: UsageEvent): string {
  const tool = toolOf(event);
  if (tool === null) return event.route ?? '';
  return event.route === null ? tool : `${event.route} ${tool}`;
}

export function operationFacts(event: UsageEvent): OperationFacts {
  const operation = operationOf(event);
  if (operation === '') return noOperation;
  return known.get(operation) ?? read(operation, event.route, toolOf(event));
}

function read(operation: string, route: string | null, tool: string | null): OperationFacts {
  const facts = {
    hash: hash32(operation, 6),
    objectSpace: route === null ? 0 : objectSpace(route),
    tool: tool === null ? 0 : hash32(tool, 5),
    sensitivity: sensitivity(operation),
  };
  if (known.size >= remembered) known.clear();
  known.set(operation, facts);
  return facts;
}

/** Whatever the method: DELETE /a/1 touches what GET /a/1 read. */
function objectSpace(route: string): number {
  const space = route.indexOf(' ');
  if (space >= 0) return hash32(space === 0 ? route : route.slice(space + 1), 8);
  const colon = route.indexOf(':');
  return hash32(colon < 0 ? route : route.slice(0, colon), 8);
}
