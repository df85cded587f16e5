import { describe, expect, it } from 'vitest';
import { attacksOf, labelledReport } from '../../src/evaluation/labelled.ts';
import { parseLabels } from '../../src/evaluation/labels.ts';

const hourMs = 3_600_000;
const day = Date.UTC(2026, 0, 5);

describe('parseLabels', () => {
  it('reads spans in epoch milliseconds and RFC 3339, with quoted cells', () => {
    const { spans } = parseLabels(
      'credential,start,end,label,scenario\n"key,1",1767571200000,2026-01-05T02:00:00Z,attack,"slow ""scrape"""\nkey2,2026-01-05T00:00:00Z,2026-01-06T00:00:00Z,benign,\n',
    );
    expect(spans).toEqual([
      { credential: 'key,1', start: day, end: day + 2 * hourMs, label: 'attack', scenario: 'slow "scrape"' },
      { credential: 'key2', start: day, end: day + 24 * hourMs, label: 'benign', scenario: '' },
    ]);
  });

  it('reads labels of single events, other columns left alone', () => {
    const { events } = parseLabels('src,event.id,label\nx,e1,attack\nx,e2,service\nx,e3,setup\n');
    expect([...events.values()].map(({ label }) => label)).toEqual(['attack', 'benign', 'ignore']);
  });

  it.each([
    ['a,b\n', 'line 1'],
    ['event.id,label\ne1,maybe\n', 'line 2: label'],
    ['credential,start,end,label\nk,yesterday,1,attack\n', 'line 2: start'],
  ])('says which line of %j is wrong', (text, message) => {
    expect(() => parseLabels(text)).toThrow(message);
  });
});

describe('labelledReport', () => {
  const line = (credential: string, hour: number, bits: number) => ({
    'credential.id': credential,
    hour: day + hour * hourMs,
    events: 1,
    score_bits: bits,
    threshold_bits: 10,
    families: {},
  });
  const labels = parseLabels(
    `credential,start,end,label,scenario\nthief,${day + 5 * hourMs},${day + 7 * hourMs},attack,theft\nmissed,${day},${day + hourMs},attack,theft\nnoise,${day},${day + hourMs},ignore,\n`,
  );
  const { attacks, ignored } = attacksOf(labels, []);

  it('finds an attack up to two hours after its end and keeps its day out of the clean ones', () => {
    const report = labelledReport(
      [
        line('thief', 8, 9),
        line('thief', 12, 50),
        line('missed', 0, 1),
        line('clean', 0, 3),
        line('noise', 0, 99),
      ],
      [],
      attacks,
      ignored,
    );
    expect(report.cleanDays).toBe(1);
    expect(report.recall.map(({ recall }) => recall)).toEqual([0.5, 0.5, 0.5]);
    expect(report.scenarios).toEqual([{ scenario: 'theft', attacks: 2, recall: [0.5, 0.5, 0.5] }]);
  });

  it('counts alerts on attacks and others apart', () => {
    const { alerts } = labelledReport(
      [line('clean', 0, 3)],
      [
        { credentialId: 'thief', raisedMs: day + 6 * hourMs, lastMs: day + 6 * hourMs },
        { credentialId: 'thief', raisedMs: day + 20 * hourMs, lastMs: day + 20 * hourMs },
        { credentialId: 'clean', raisedMs: day, lastMs: day },
      ],
      attacks,
      ignored,
    );
    expect(alerts).toEqual({ onAttacks: 1, others: 2, attacksAlerted: 1 });
  });

  it('makes one attack of all labelled events of a credential and scenario', () => {
    const byEvent = parseLabels('event.id,label,scenario\na,attack,s\nb,attack,s\nc,ignore,\nd,ignore,\n');
    const seen = [
      { eventId: 'a', credentialId: 'k', timestampMs: day },
      { eventId: 'b', credentialId: 'k', timestampMs: day + hourMs },
      { eventId: 'c', credentialId: 'k', timestampMs: day + 1 },
      { eventId: 'd', credentialId: 'k', timestampMs: day + 9 * hourMs },
    ];
    const found = attacksOf(byEvent, seen);
    expect(found.attacks).toEqual([
      { credential: 'k', scenario: 's', startMs: day, endMs: day + hourMs + 1 },
    ]);
    expect(found.ignored).toEqual(new Set([`k ${day / hourMs + 9}`]));
  });
});
