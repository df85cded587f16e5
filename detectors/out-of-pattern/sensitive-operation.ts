import type { UsageEvent } from '../../schemas/usage-event.ts';
import { behavioural } from '../../src/engine/detector.ts';
import { hourly } from '../../src/engine/record-layout.ts';
import { burst, route, steady } from '../examples/streams.ts';

export default behavioural({
  id: 'sensitive-operation',
  family: 'out-of-pattern',
  summary:
    'A credential does for the first time what opens doors: reads secrets, changes rights, stops logging, shares data, runs code, destroys.',
  attack: ['T1098', 'T1136.003', 'T1552', 'T1562.008', 'T1537', 'T1651', 'T1485'],
  owasp: ['API5:2023', 'NHI5:2025'],
  runbook:
    'Read the operations in the examples: who is allowed to do that, and was it asked for? Several kinds in one hour (secrets, then rights, then logging) are an intrusion until explained.',
  actions: [
    'Revoke the credential if the owner did not do this.',
    'Undo what was made: new keys, users, policies, shares.',
    'Take the permission away from the credential.',
  ],
  needs: ['credentialId', 'route'],
  state: { fresh: hourly(), kinds: hourly('u32'), refused: hourly() },
  features: [
    {
      name: 'sensitive-operations',
      scale: 'log1p',
      shape: 'total',
      text: (o, e) => `${o} sensitive operations used for the first time; ${e} expected`,
    },
    {
      name: 'sensitive-kinds',
      scale: 'log1p',
      shape: 'total',
      text: (o, e) => `sensitive operations of ${o} kinds for the first time; ${e} expected`,
    },
    {
      name: 'sensitive-refused',
      scale: 'log1p',
      shape: 'total',
      text: (o, e) => `${o} calls of sensitive operations refused; ${e} expected`,
    },
  ],
  score(_event, state, seen, out) {
    out.set(0, state.fresh + seen.sensitiveNews);
    out.set(1, countBits(state.kinds | (seen.sensitiveNews > 0 ? seen.sensitivity : 0)));
    out.set(2, state.refused + (isRefused(seen) ? 1 : 0));
  },
  learn(_event, state, seen) {
    if (seen.sensitivity === 0) return;
    if (seen.sensitiveNews > 0) {
      state.fresh += seen.sensitiveNews;
      state.kinds |= seen.sensitivity;
    }
    if (isRefused(seen)) state.refused += 1;
  },
  misses: [
    {
      limit: 'Operations whose names say nothing of what they do.',
      name: 'rights changed by operations called Process and Handle',
      events: () =>
        burst({
          ...work,
          requests: 8,
          overMinutes: 30,
          fields: (n) => duty(['Process', 'Handle'][n % 2] ?? ''),
        }),
    },
    {
      limit: 'One path for everything.',
      name: 'one path for everything',
      events: () =>
        burst({
          days: 6,
          perHour: 12,
          change: () => route(0),
          requests: 8,
          overMinutes: 30,
          fields: () => route(0),
        }),
    },
  ],
  falsePositives: [
    {
      limit: "An administrator's first week.",
      name: "an administrator's first week",
      events: () =>
        burst({
          ...work,
          requests: 12,
          overMinutes: 50,
          fields: (n) => duty(['CreateRole', 'PutBucketPolicy', 'DeleteTrail', 'RunCommand'][n % 4] ?? ''),
        }),
    },
    {
      limit: 'A deployment job that is given another duty.',
      name: 'a deployment job is given another duty',
      events: () =>
        burst({
          ...work,
          requests: 6,
          overMinutes: 10,
          fields: (n) => duty(['UpdateFunctionCode', 'AttachRolePolicy'][n % 2] ?? ''),
        }),
    },
  ],
  examples: [
    {
      name: 'an administrator who has always changed roles',
      events: () =>
        steady({ days: 6, perHour: 12, change: (n) => duty(n % 3 === 0 ? 'UpdateRole' : 'GetOrder') }),
      expect: 'silence',
    },
    {
      name: 'secrets, rights and logging within half an hour',
      events: () =>
        burst({
          ...work,
          requests: 8,
          overMinutes: 30,
          fields: (n) =>
            duty(['GetSecretValue', 'CreateUser', 'AttachUserPolicy', 'StopLogging'][n % 4] ?? ''),
        }),
      expect: 'finding',
    },
  ],
});

const work = { days: 6, perHour: 12, change: () => duty('GetOrder') };

function duty(operation: string): Partial<UsageEvent> {
  return { route: `cloud.example.com:${operation}`, path: null, objectId: null, objectNumber: null };
}

function isRefused(seen: { readonly sensitivity: number; readonly denied: boolean }): boolean {
  return seen.denied && seen.sensitivity !== 0;
}

function countBits(mask: number): number {
  let count = 0;
  for (let rest = mask; rest !== 0; rest &= rest - 1) count += 1;
  return count;
}
