import { expect, test } from 'vitest';
import { alertVersion } from '../../../src/sinks/clickhouse/rows.ts';
import { alertByFamily } from '../../fixtures/alerts.ts';

test('alertVersion() grows with the members of a campaign that joined in one moment', () => {
  const group = { ...alertByFamily.replay, kind: 'group' as const };
  const three = { ...group, members: ['a', 'b'], events: 50 };
  const six = { ...group, members: ['a', 'b', 'c', 'd', 'e'], events: 1 };
  expect(alertVersion(six)).toBeGreaterThan(alertVersion(three));
});
