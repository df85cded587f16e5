import { expect, test } from 'vitest';
import { call, startMs } from '../../detectors/examples/streams.ts';
import { alertOf } from '../../src/engine/explanation.ts';
import { type Incident, Incidents } from '../../src/engine/incidents.ts';

function titleOf(change: (incident: Incident) => void): string {
  const incident = new Incidents(3_600_000).open(call(startMs), 'behavioural', 3);
  incident.families = { lifecycle: 5, replay: 1 };
  change(incident);
  return alertOf({ incident, detectors: new Map(), owner: null, simulated: false, runbookBase: '#' }).title;
}

test('no credential is said to be refused for habits of the lifecycle family, such as more workloads', () => {
  expect(titleOf(() => {})).toBe('Credential shared or moved: key-1');
});

test('a credential with which a rule of the lifecycle was broken is', () => {
  const title = titleOf(({ violations }) =>
    violations.set('expired-accepted', {
      detector: 'expired-accepted',
      family: 'lifecycle',
      kind: 'violation',
      feature: 'expired-accepted',
      bits: 20,
      observed: 3_600,
      expected: 60,
      text: 'A token was accepted after it had expired.',
      credentialFrequency: null,
      peerFrequency: null,
      count: 1,
      severity: 'high',
    }),
  );
  expect(title).toBe('Credential that must not be accepted: key-1');
});
