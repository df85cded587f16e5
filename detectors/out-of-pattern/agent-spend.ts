import { behavioural } from '../../src/engine/detector.ts';
import { hourly } from '../../src/engine/record-layout.ts';
import { llm } from '../examples/agents.ts';
import { burst, steady } from '../examples/streams.ts';

export default behavioural({
  id: 'agent-spend',
  family: 'out-of-pattern',
  summary: 'A credential uses far more model tokens or money than it usually does.',
  attack: ['T1496', 'T1550.001'],
  owasp: ['API4:2023', 'NHI2:2025'],
  runbook:
    'See which model and conversations spend: resold access shows as many short foreign conversations, a runaway agent as one long one.',
  actions: [
    'Cap the spending of the credential.',
    'Ask the owner about a batch run.',
    'Rotate it if nobody claims the surplus.',
  ],
  needs: ['credentialId', ['genAiInputTokens', 'genAiOutputTokens', 'genAiCostUsd']],
  state: { tokens: hourly('f64'), usd: hourly() },
  features: [
    {
      name: 'model-tokens',
      scale: 'log1p',
      shape: 'total',
      sparse: true,
      text: (o, e) => `${o} model tokens in one hour; ${e} expected`,
    },
    {
      name: 'model-cost',
      scale: 'log1p',
      shape: 'total',
      unit: 'usd',
      sparse: true,
      text: (o, e) => `${o} spent in one hour; ${e} expected`,
    },
  ],
  score(event, state, _seen, out) {
    out.set(0, state.tokens + (event.genAiInputTokens ?? 0) + (event.genAiOutputTokens ?? 0));
    out.set(1, state.usd + (event.genAiCostUsd ?? 0));
  },
  learn(event, state) {
    state.tokens += (event.genAiInputTokens ?? 0) + (event.genAiOutputTokens ?? 0);
    state.usd += event.genAiCostUsd ?? 0;
  },
  misses: [
    {
      limit: "A thief who stays within the owner's usual spending.",
      name: 'a few calls like the usual ones',
      events: () =>
        burst({
          days: 6,
          perHour: 20,
          change: () => llm(2_000),
          requests: 8,
          overMinutes: 30,
          fields: () => llm(2_000),
        }),
    },
  ],
  falsePositives: [
    {
      limit: 'A batch evaluation or re-embedding run.',
      name: 'a run that embeds everything again',
      events: () =>
        burst({
          days: 6,
          perHour: 20,
          change: () => llm(2_000),
          requests: 300,
          overMinutes: 50,
          fields: () => llm(8_000),
        }),
    },
    {
      limit: 'A change to a model that costs more.',
      name: 'the same tokens on a model that costs sixty times as much',
      events: () =>
        steady({
          days: 6,
          perHour: 20,
          change: (n) => ({ ...llm(20_000), genAiCostUsd: n < 5.9 * 24 * 20 ? 0.05 : 3 }),
        }),
    },
  ],
  examples: [
    {
      name: 'about two thousand tokens a call',
      events: () => steady({ days: 6, perHour: 20, change: (n) => llm(2_000 + (n % 300)) }),
      expect: 'silence',
    },
    {
      name: 'calls of two hundred thousand tokens',
      events: () =>
        burst({
          days: 6,
          perHour: 20,
          change: () => llm(2_000),
          requests: 30,
          overMinutes: 30,
          fields: () => llm(200_000),
        }),
      expect: 'finding',
    },
  ],
});
