import { behavioural } from '../../src/engine/detector.ts';
import { hourly } from '../../src/engine/record-layout.ts';
import { tool } from '../examples/agents.ts';
import { burst, steady } from '../examples/streams.ts';

export default behavioural({
  id: 'agent-tools',
  family: 'out-of-pattern',
  summary: "An agent's credential calls tools it has never called, or one tool over and over.",
  attack: ['T1550.001', 'T1059'],
  owasp: ['API4:2023', 'NHI5:2025'],
  runbook:
    'Read the conversation behind the tool calls: an instruction in fetched content explains a tool the agent never used.',
  actions: [
    'Stop the conversation named.',
    'Take the tool away from the agent until it is understood.',
    'Look at what the tool touched.',
  ],
  needs: ['credentialId', ['genAiToolName', 'mcpMethod']],
  state: { bits: hourly(), last: hourly('u32'), run: hourly(), longest: hourly() },
  features: [
    {
      name: 'tool-bits',
      about: 'route',
      scale: 'linear',
      shape: 'total',
      unit: 'bits',
      text: (o, e) => `tools it has never called: ${o} bits of surprise; ${e} expected`,
    },
    {
      name: 'tool-repeats',
      scale: 'log1p',
      shape: 'total',
      sparse: true,
      text: (o, e) => `the same tool ${o} times in a row; ${e} expected`,
    },
  ],
  score(_event, state, seen, out) {
    const { tool } = seen;
    out.set(0, state.bits + (tool === 0 ? 0 : seen.route.bits));
    if (tool === 0) out.set(1, state.longest);
    else out.set(1, Math.max(state.longest, tool === state.last ? state.run + 1 : 1));
  },
  learn(_event, state, seen) {
    const { tool } = seen;
    if (tool === 0) return;
    state.bits += seen.route.bits;
    state.run = tool === state.last ? state.run + 1 : 1;
    state.last = tool;
    if (state.run > state.longest) state.longest = state.run;
  },
  misses: [
    {
      limit: 'A hijacked agent that is made to use its usual tools for something else.',
      name: 'a hijacked agent uses its usual tools',
      events: () =>
        burst({
          days: 6,
          perHour: 20,
          change: (n) => tool(n % 4),
          requests: 12,
          overMinutes: 20,
          fields: (n) => tool(n % 4),
        }),
    },
  ],
  falsePositives: [
    {
      limit: 'A new release of the agent with more tools.',
      name: 'a release with six more tools',
      events: () =>
        burst({
          days: 6,
          perHour: 20,
          change: (n) => tool(n % 4),
          requests: 12,
          overMinutes: 20,
          fields: (n) => tool(10 + (n % 6)),
        }),
    },
    {
      limit: 'A tool that is polled until a long job is done.',
      name: 'a tool is polled until a long job is done',
      events: () =>
        burst({
          days: 6,
          perHour: 20,
          change: (n) => tool(n % 4),
          requests: 40,
          overMinutes: 20,
          fields: () => tool(1),
        }),
    },
  ],
  examples: [
    {
      name: 'four tools in turn',
      events: () => steady({ days: 6, perHour: 20, change: (n) => tool(n % 4) }),
      expect: 'silence',
    },
    {
      name: 'a tool it has never called',
      events: () =>
        burst({
          days: 6,
          perHour: 20,
          change: (n) => tool(n % 4),
          requests: 2,
          overMinutes: 5,
          fields: () => tool(99),
        }),
      expect: 'finding',
    },
    {
      name: 'a loop of one tool',
      events: () =>
        burst({
          days: 6,
          perHour: 20,
          change: (n) => tool(n % 4),
          requests: 60,
          overMinutes: 10,
          fields: () => tool(2),
        }),
      expect: 'finding',
    },
  ],
});
