import { describe, expect, it } from 'vitest';
import { AmbiguousAlertId } from '../../src/alerting/alert-store.ts';
import { createRecentAlerts } from '../../src/alerting/recent-alerts.ts';
import { alertByFamily, alertFixtures, later, resolved } from '../fixtures/alerts.ts';

describe('createRecentAlerts()', () => {
  it('keeps the newest state of each alert', async () => {
    const recent = createRecentAlerts();
    recent.add(alertFixtures);
    recent.add([resolved(alertByFamily.replay)]);
    expect((await recent.findAlert(alertByFamily.replay.id))?.state).toBe('resolved');
    expect((await recent.listAlerts()).length).toBe(alertFixtures.length);
  });

  it('forgets the alerts that changed longest ago when there are too many', async () => {
    const recent = createRecentAlerts(2);
    const { replay, scraping, lifecycle } = alertByFamily;
    recent.add([replay, scraping, later(replay, 1), lifecycle]);
    expect((await recent.listAlerts()).map(({ id }) => id).toSorted()).toEqual(
      [replay.id, lifecycle.id].toSorted(),
    );
  });

  it('finds by the start of an id, a whole id before a longer one', async () => {
    const recent = createRecentAlerts();
    recent.add(['ab', 'abc'].map((id) => ({ ...alertByFamily.replay, id })));
    expect((await recent.findAlert('ab'))?.id).toBe('ab');
    await expect(recent.findAlert('a')).rejects.toThrow(AmbiguousAlertId);
    expect(await recent.findAlert('')).toBeUndefined();
  });
});
