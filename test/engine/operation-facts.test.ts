import { describe, expect, test } from 'vitest';
import { emptyUsageEvent, type UsageEvent } from '../../schemas/usage-event.ts';
import { noOperation, operationFacts, operationOf } from '../../src/engine/operation-facts.ts';
import { kindsOf } from '../../src/engine/sensitive-operation.ts';

const call = (fields: Partial<UsageEvent>): UsageEvent => ({ ...emptyUsageEvent(), ...fields });

describe('operationFacts', () => {
  test('of one path with two tools are two operations that share their objects', () => {
    const read = operationFacts(call({ route: 'POST /mcp', genAiToolName: 'get_ticket' }));
    const close = operationFacts(call({ route: 'POST /mcp', genAiToolName: 'close_ticket' }));
    expect(read.hash).not.toBe(close.hash);
    expect(read.objectSpace).toBe(close.objectSpace);
    expect(read.tool).not.toBe(close.tool);
  });

  test('of one tool behind two paths are two operations of the same tool', () => {
    const here = operationFacts(call({ route: 'POST /mcp', genAiToolName: 'get_ticket' }));
    const there = operationFacts(call({ route: 'POST /tools', genAiToolName: 'get_ticket' }));
    expect(here.hash).not.toBe(there.hash);
    expect(here.tool).toBe(there.tool);
  });

  test('are not those of a route that is written like another with its tool', () => {
    const written = operationFacts(call({ route: 'POST /mcp close_account' }));
    const called = operationFacts(call({ route: 'POST /mcp', genAiToolName: 'close_account' }));
    expect(written.tool).toBe(0);
    expect(called.tool).not.toBe(0);
    expect(called.hash).not.toBe(written.hash);
    expect(called.objectSpace).toBe(operationFacts(call({ route: 'POST /mcp' })).objectSpace);
  });

  test('read from the name of the tool what it opens', () => {
    const kinds = (tool: string) =>
      kindsOf(operationFacts(call({ route: 'POST /mcp', genAiToolName: tool })).sensitivity);
    expect(kinds('run_shell')).toEqual(['execution']);
    expect(kinds('read_secret')).toEqual(['secrets']);
    expect(kinds('grant_access')).toEqual(['identity']);
    expect(kinds('get_ticket')).toEqual([]);
  });

  test('without a tool are those of the route, and of nothing without either', () => {
    expect(operationFacts(call({ route: 'GET /orders' })).tool).toBe(0);
    expect(operationOf(call({ route: 'GET /orders' }))).toBe('GET /orders');
    expect(operationFacts(call({}))).toBe(noOperation);
    expect(operationOf(call({ mcpMethod: 'tools/list' }))).toBe('tools/list');
  });
});
