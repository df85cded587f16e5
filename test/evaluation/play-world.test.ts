import { describe, expect, it } from 'vitest';
import { detectors } from '../../detectors/index.ts';
import { wholeId } from '../../src/evaluation/ablation.ts';
import { detectionOf, detectionTime } from '../../src/evaluation/detection-time.ts';
import { reportHtml } from '../../src/evaluation/html.ts';
import { reportMarkdown } from '../../src/evaluation/markdown.ts';
import { playWorld } from '../../src/evaluation/play-world.ts';
import { ablationOf, groupReport, type Report } from '../../src/evaluation/report.ts';
import { genericId } from '../../src/evaluation/rivals/other-model.ts';
import { reportText } from '../../src/evaluation/text.ts';
import { plainModel } from '../support/engine-for-tests.ts';

const model = plainModel();

const play = () =>
  playWorld({
    world: {
      seed: 77,
      style: 'tuning',
      days: 10,
      warmupDays: 4,
      attacks: 'all',
      overrides: { fleet: 90, eventsPerCredentialDay: 40 },
    },
    detectors,
    model,
    alertsPerThousand: 5,
    ablation: true,
    beside: [
      { id: genericId, label: 'generic positives only', model },
      { id: 'other', label: 'another threshold', model: plainModel(60) },
    ],
    forest: { trees: 5, sampleSize: 32 },
  });
const outcome = play();
const report: Report = {
  date: '2026-01-01',
  machine: 'a machine',
  command: 'bearerwatch evaluate',
  seconds: 1,
  events: outcome.events,
  model: model.provenance,
  groups: [groupReport({ name: 'tuning', bar: [0.85, 0.92, 0.97], worlds: [outcome] }, model)],
  ablation: ablationOf([outcome]),
  budget: [
    {
      style: 'randomised',
      seed: 1,
      fleet: 60,
      days: 3,
      rows: [{ asked: 2, perDay: [1, 3, 2], delivered: 2, thresholdBits: 9 }],
    },
  ],
};

describe('playWorld', () => {
  it('gives the same outcome for the same options', () => {
    expect(play()).toEqual(outcome);
  });

  it('scores the hours with every combination beside on one play; the same one gives the same days', () => {
    const of = (id: string) => outcome.methods.findIndex((method) => method.id === id);
    expect(outcome.methods.filter(({ kind }) => kind === 'variant').map(({ id }) => id)).toEqual([
      genericId,
      'other',
    ]);
    expect(outcome.cleanDays[of(genericId)]).toEqual(outcome.cleanDays[of(wholeId)]);
    for (const { best } of outcome.episodes) expect(best[of(genericId)]).toBe(best[of(wholeId)]);
  });

  it('scores the same clean days and hours with every method', () => {
    const sizes = outcome.cleanDays.map((days) => days.length);
    expect(new Set(sizes).size).toBe(1);
    expect(sizes[0]).toBeGreaterThan(50);
    expect(new Set(outcome.hours.map((hours) => hours.length))).toEqual(new Set([outcome.attacked.length]));
    for (const hours of outcome.hours) expect(hours.every(Number.isFinite)).toBe(true);
  });

  it('scores a closed hour no higher than the product, which also looks while the hour runs', () => {
    const product = outcome.cleanDays[0] as Float32Array;
    const whole = outcome.methods.findIndex(({ id }) => id === wholeId);
    const atClose = outcome.cleanDays[whole] as Float32Array;
    atClose.forEach((bits, d) => {
      expect(bits).toBeLessThanOrEqual((product[d] as number) + 1e-4);
    });
  });

  it('switches each detector off for itself: what it measured no longer counts', () => {
    const whole = outcome.methods.findIndex(({ id }) => id === wholeId);
    const reference = outcome.cleanDays[whole] as Float32Array;
    const changed = outcome.methods.filter(
      ({ kind, id }, m) =>
        kind === 'ablation' &&
        id !== wholeId &&
        (outcome.cleanDays[m] as Float32Array).some((bits, d) => bits !== reference[d]),
    );
    expect(changed.length).toBeGreaterThan(10);
  });

  it('knows what the attacker did before each new highest score', () => {
    for (const { steps, attackerEvents, objects } of outcome.episodes) {
      steps.forEach((step, s) => {
        expect(step.attackerEvents).toBeGreaterThan(0);
        expect(step.attackerEvents).toBeLessThanOrEqual(attackerEvents);
        expect(step.objects).toBeLessThanOrEqual(objects);
        if (s > 0) expect(step.bits).toBeGreaterThan(steps[s - 1]?.bits as number);
      });
    }
  });
});

describe('detectionTime', () => {
  it('takes the first score over the threshold; what is never found is infinitely late', () => {
    const [episode] = outcome.episodes;
    if (episode === undefined) throw new Error('the world has no attack');
    const steps = [
      { bits: 1, elapsedMs: 0, attackerEvents: 1, objects: 0 },
      { bits: 9, elapsedMs: 120_000, attackerEvents: 4, objects: 2 },
    ];
    expect(detectionOf({ ...episode, steps }, 5)).toBe(steps[1]);
    const time = detectionTime(
      [
        { ...episode, steps },
        { ...episode, steps: [] },
      ],
      5,
    );
    expect(time).toMatchObject({ found: 1, all: 2, minutes: { p90: Number.POSITIVE_INFINITY } });
    expect(time.curve.find(({ minutes }) => minutes === 2)?.share).toBe(0.5);
    expect(time.curve.find(({ minutes }) => minutes === 1)?.share).toBe(0);
  });
});

describe('the report', () => {
  it('names every method in each of its forms', () => {
    for (const text of [reportText(report), reportMarkdown(report), reportHtml(report)]) {
      for (const { label } of report.groups[0]?.methods ?? []) expect(text).toContain(label);
      expect(text).not.toMatch(/NaN|undefined|Infinity/);
    }
  });

  it('says in the document what the floor was trained on', () => {
    expect(reportMarkdown(report)).toContain('The row *generic positives only* is the same kind of network');
  });

  it('as a page fetches nothing and runs nothing', () => {
    const html = reportHtml(report);
    expect(html).toContain('<svg');
    expect(html).not.toMatch(/<script|<link|src=|url\(|https?:/);
  });

  it('never claims more recall at fewer false alarms', () => {
    for (const { recall } of report.groups[0]?.methods ?? []) {
      expect(recall[0]?.value).toBeLessThanOrEqual(recall[1]?.value as number);
      expect(recall[1]?.value).toBeLessThanOrEqual(recall[2]?.value as number);
    }
  });
});
