import { describe, expect, it } from 'vitest';
import { allScenariosId, leaveOneOut, leftOutId } from '../../src/evaluation/leave-one-out.ts';
import {
  type LeaveOneOutReport,
  leaveOneOutMarkdown,
  leftOutTable,
  summaryOf,
} from '../../src/evaluation/leave-one-out-markdown.ts';
import type { EpisodeOutcome, WorldOutcome } from '../../src/evaluation/outcome.ts';
import { table } from '../../src/evaluation/text.ts';
import { createRandom } from '../../src/simulation/random.ts';

const methods = ['z2-all', 'z2-residuals', allScenariosId, leftOutId('scrape'), leftOutId('theft')];

/** Clean days score 0 … 999 with every method, so the thresholds at 1, 5 and 20 per 1,000 are 998, 994 and 979. */
const clean = Float32Array.from({ length: 1000 }, (_, n) => n);

function attack(scenario: string, best: readonly number[], campaign: string | null = null): EpisodeOutcome {
  return {
    scenario,
    credentialId: 'key',
    campaign,
    violation: false,
    best: Float32Array.from(best),
    steps: [],
    attackerEvents: 1,
    objects: 0,
    families: [],
    topFamily: null,
    alertFamily: null,
    violationAlert: false,
    features: [],
  };
}

function world(episodes: readonly EpisodeOutcome[]): WorldOutcome {
  return {
    style: 'tuning',
    seed: 1,
    fleet: 10,
    events: 0,
    seconds: 0,
    methods: methods.map((id) => ({ id, label: id, kind: 'variant' })),
    cleanDays: methods.map(() => clean),
    hours: [],
    attacked: new Uint8Array(),
    episodes,
    highestClean: [],
    falseViolations: [],
  };
}

const random = () => createRandom(3).stream('test');
const found = 2000;
const lost = 0;
/** Over the threshold at 20 per 1,000, under that at 5. */
const middling = 985;

describe('leaveOneOut', () => {
  it('takes recall at each budget from the clean days of the same method', () => {
    const [row] = leaveOneOut(
      [world([attack('scrape', [lost, middling, found, middling, found])])],
      ['scrape'],
      random(),
    );
    expect(row).toMatchObject({
      attacks: 1,
      leftOut: [0, 0, 1],
      trainedOn: [1, 1, 1],
      squares: [0, 0, 1],
      holds: true,
    });
  });

  it('compares with the better z² at each budget, and names the worst', () => {
    const episodes = [
      attack('scrape', [found, lost, found, found, found]),
      attack('scrape', [lost, middling, found, lost, found]),
    ];
    const [row] = leaveOneOut([world(episodes)], ['scrape'], random());
    expect(row?.squares).toEqual([0.5, 0.5, 0.5]);
    expect(row?.leftOut).toEqual([0.5, 0.5, 0.5]);
    expect(row?.worst.difference).toBe(0);
  });

  it('holds at .10 below z² and fails below that', () => {
    const of = (z2: number, own: number) =>
      Array.from({ length: 20 }, (_, n) =>
        attack('scrape', [lost, n < z2 ? found : lost, found, n < own ? found : lost, found]),
      );
    expect(leaveOneOut([world(of(10, 8))], ['scrape'], random())[0]?.holds).toBe(true);
    expect(leaveOneOut([world(of(10, 7))], ['scrape'], random())[0]?.holds).toBe(false);
  });

  it('gives an interval without width when all attacks are alike, and puts the greatest loss first', () => {
    const episodes = [
      ...Array.from({ length: 8 }, () => attack('theft', [found, lost, found, found, lost])),
      ...Array.from({ length: 8 }, () => attack('scrape', [found, lost, found, found, found])),
    ];
    const rows = leaveOneOut([world(episodes)], ['scrape', 'theft'], random());
    expect(rows.map(({ scenario }) => scenario)).toEqual(['theft', 'scrape']);
    expect(rows[0]?.worst).toEqual({ perThousand: 1, difference: -1, low: -1, high: -1 });
  });

  it('draws the attacks of one campaign together', () => {
    const episodes = Array.from({ length: 30 }, (_, n) =>
      attack('scrape', [found, lost, found, n < 15 ? found : lost, found], n < 15 ? 'one' : 'two'),
    );
    const [row] = leaveOneOut([world(episodes)], ['scrape'], random());
    expect(row?.worst).toMatchObject({ difference: -0.5, low: -1, high: 0 });
  });

  it('has no row for a scenario without attacks, and refuses worlds played without its combination', () => {
    expect(leaveOneOut([world([])], ['scrape'], random())).toEqual([]);
    expect(() =>
      leaveOneOut([world([attack('spray', [found, found, found, found, found])])], ['spray'], random()),
    ).toThrow("played without 'left-out spray'");
  });
});

describe('leaveOneOutMarkdown', () => {
  const rows = leaveOneOut(
    [
      world([
        ...Array.from({ length: 10 }, () => attack('theft', [found, lost, found, found, lost])),
        ...Array.from({ length: 10 }, (_, n) =>
          attack('scrape', [n < 5 ? found : lost, lost, found, n < 4 ? found : lost, found]),
        ),
      ]),
    ],
    ['scrape', 'theft'],
    random(),
  );
  const report: LeaveOneOutReport = {
    date: '2026-01-01',
    machine: 'a machine',
    command: 'npm run evaluate:leave-one-out',
    seconds: 12,
    training: { seeds: [2000, 2001], styles: ['tuning', 'messy'] },
    validation: { seeds: [2500], styles: ['tuning'] },
    features: 60,
    samples: 100,
    cleanDays: 1000,
    hidden: 16,
    epochs: 5,
    gate: 'a model',
    rows,
  };

  it('marks what fails beyond chance and leaves the others unmarked', () => {
    const text = leftOutTable(rows, table);
    expect(text).toMatch(/theft .*−1\.00 \[−1\.00 to −1\.00\] at 1 +\*\*fails\*\*$/m);
    expect(text).toMatch(/scrape .*\.40 \/ \.40 \/ \.40 .*−\.10 .* holds$/m);
  });

  it('says how many hold and names those that fail', () => {
    expect(summaryOf(report)).toContain('1 of 2 scenarios hold');
    expect(summaryOf(report)).toContain('1 of them beyond chance: theft');
    expect(summaryOf({ rows: rows.slice(1) })).toContain('All 1 scenarios hold');
  });

  it('carries command, seeds, machine and date', () => {
    const page = leaveOneOutMarkdown(report);
    for (const fact of [
      report.command,
      '2000–2001 (tuning, messy)',
      '2500–2500 (tuning)',
      'a machine',
      '2026-01-01',
      '| theft | 10 |',
    ])
      expect(page).toContain(fact);
  });
});
