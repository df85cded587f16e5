import type { UsageEvent } from '../../schemas/usage-event.ts';
import { hash32, mix32 } from '../stats/hash.ts';
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
const ofRoutes = new Map<string | null, OperationFacts>();
/** By tool, then by route: a route that is written like another with its tool is another operation. */
const ofTools = new Map<string, Map<string | null, OperationFacts>>();
let held = 0;

/** The tool an agent calls, or what else it asks of a tool server; null for other calls. */
export function toolOf(event: UsageEvent): string | null {
  return event.genAiToolName ?? event.mcpMethod;
}

/**
 * Route and tool, for people: agents reach all their tools on one path, where the tool alone says what is
 * done. Empty when the gateway logged neither.
 */
export function operationOf(event: UsageEvent): string {
  const tool = toolOf(event);
  if (tool === null) return event.route ?? '';
  return event.route === null ? tool : `${event.route} ${tool}`;
}

export function operationFacts(event: UsageEvent): OperationFacts {
  const { route } = event;
  const tool = toolOf(event);
  if (tool === null && route === null) return noOperation;
  const facts = tool === null ? ofRoutes.get(route) : ofTools.get(tool)?.get(route);
  return facts ?? read(route, tool);
}

function read(route: string | null, tool: string | null): OperationFacts {
  const routeHash = route === null ? 0 : hash32(route, 6);
  const toolHash = tool === null ? 0 : hash32(tool, 5);
  const facts = {
    hash: tool === null ? routeHash : mix32(routeHash, toolHash),
    objectSpace: route === null ? 0 : objectSpace(route),
    tool: toolHash,
    sensitivity: sensitivity(`${route ?? ''} ${tool ?? ''}`),
  };
  if (held >= remembered) {
    ofRoutes.clear();
    ofTools.clear();
    held = 0;
  }
  held += 1;
  const sameTool = tool === null ? ofRoutes : (ofTools.get(tool) ?? new Map<string | null, OperationFacts>());
  sameTool.set(route, facts);
  if (tool !== null) ofTools.set(tool, sameTool);
  return facts;
}

/** Whatever the method: DELETE /a/1 touches what GET /a/1 read. */
function objectSpace(route: string): number {
  const space = route.indexOf(' ');
  if (space >= 0) return hash32(space === 0 ? route : route.slice(space + 1), 8);
  const colon = route.indexOf(':');
  return hash32(colon < 0 ? route : route.slice(0, colon), 8);
}
