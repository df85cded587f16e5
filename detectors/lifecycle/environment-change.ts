import { behavioural } from '../../src/engine/detector.ts';
import { hourly } from '../../src/engine/record-layout.ts';
import { burst, steady } from '../examples/streams.ts';

export default behavioural({
  id: 'environment-change',
  family: 'lifecycle',
  summary: 'A credential is used in an environment in which it has never been used.',
  attack: ['T1078', 'T1550.001'],
  owasp: ['NHI8:2025', 'API8:2023'],
  runbook:
    'Ask who opened the other environment with this credential. What test machines hold opens production too.',
  actions: [
    'Issue one credential for each environment.',
    'Refuse the credential outside its own.',
    'Rotate it if test machines held it.',
  ],
  needs: ['credentialId', 'environment'],
  state: { bits: hourly() },
  features: [
    {
      name: 'environment-bits',
      scale: 'linear',
      shape: 'total',
      unit: 'bits',
      text: (o, e) => `an environment it was never used in: ${o} bits of surprise; ${e} expected`,
    },
  ],
  score(_event, state, seen, out) {
    out.set(0, state.bits + seen.environment.bits);
  },
  learn(_event, state, seen) {
    state.bits += seen.environment.bits;
  },
  misses: [
    {
      limit: 'A credential that has always been used in both.',
      name: 'in both from the beginning',
      events: () =>
        burst({
          days: 6,
          perHour: 12,
          change: (n) => ({ environment: n % 5 === 0 ? 'sandbox' : 'production' }),
          requests: 4,
          overMinutes: 10,
          fields: () => ({ environment: 'sandbox' }),
        }),
    },
    {
      limit: 'Gateways that do not say which environment they are.',
      name: 'another host, and no environment in the log',
      events: () =>
        burst({
          days: 6,
          perHour: 12,
          requests: 4,
          overMinutes: 10,
          fields: () => ({ host: 'sandbox.example.com' }),
        }),
    },
  ],
  falsePositives: [
    {
      limit: 'Somebody rehearses a change in the sandbox with the key of production.',
      name: 'a rehearsal in the sandbox',
      events: () => inSandbox(30),
    },
  ],
  examples: [
    {
      name: 'always production',
      events: () => steady({ days: 6, perHour: 12, change: () => ({ environment: 'production' }) }),
      expect: 'silence',
    },
    {
      name: 'two calls in the sandbox',
      events: () => inSandbox(2),
      expect: 'finding',
    },
  ],
});

function inSandbox(requests: number) {
  return burst({
    days: 6,
    perHour: 12,
    change: () => ({ environment: 'production' }),
    requests,
    overMinutes: 30,
    fields: () => ({ environment: 'sandbox' }),
  });
}
