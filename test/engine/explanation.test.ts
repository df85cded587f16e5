import { expect, test } from 'vitest';
import { call, startMs } from '../../detectors/examples/streams.ts';
import type { Alert } from '../../schemas/alert.ts';
import { alertOf } from '../../src/engine/explanation.ts';
import { type Incident, Incidents } from '../../src/engine/incidents.ts';

function told(change: (incident: Incident) => void): Alert {
  const incident = new Incidents(3_600_000).open(call(startMs), 'behavioural', 3);
  incident.families = { lifecycle: 5, replay: 1 };
  change(incident);
  return alertOf({ incident, detectors: new Map(), owner: null, simulated: false, runbookBase: '#' });
}

const broken = {
  detector: 'declared-use',
  family: 'lifecycle',
  kind: 'violation',
  feature: 'declared-use',
  bits: 20,
  observed: 'network 203.0.113.9',
  expected: 'AS64500',
  text: 'Declared network: AS64500; used: 203.0.113.9.',
  credentialFrequency: null,
  peerFrequency: null,
  severity: 'high',
} as const;

test('no credential is said to be refused for habits of the lifecycle family, such as more workloads', () => {
  expect(told(() => {}).title).toBe('Credential shared or moved: key-1');
});

test('a credential with which a rule of the lifecycle was broken is', () => {
  const { title } = told(({ violations }) => violations.set('declared-use', { ...broken, count: 1 }));
  expect(title).toBe('Credential that must not be accepted: key-1');
});

test('a rule that was broken often tells of the latest call, and says that it does', () => {
  const { summary } = told(({ violations }) => violations.set('declared-use', { ...broken, count: 104 }));
  expect(summary).toBe('Declared network: AS64500; used: 203.0.113.9 (the last of 104 such calls).');
});
