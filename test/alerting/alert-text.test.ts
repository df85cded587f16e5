import { createColors } from 'picocolors';
import { describe, expect, it } from 'vitest';
import { families } from '../../schemas/alert.ts';
import { alertBlock, alertText, number } from '../../src/alerting/alert-text.ts';
import { alertByFamily, hostileAlert, resolved } from '../fixtures/alerts.ts';

// biome-ignore lint/suspicious/noControlCharactersInRegex: the test looks for exactly these
const unsafe = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e\ud800-\udfff]/u;

describe('alertText()', () => {
  it.each(families)('tells a %s alert in the order a woken person needs', (family) => {
    const text = alertText(alertByFamily[family]);
    const headings = [
      'What happened',
      'What to do',
      'Why (',
      'What it was, and is',
      'What would have been normal',
      'Where the evidence lies',
      'Names and numbers',
    ];
    const places = headings.map((heading) => text.indexOf(heading));
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(places[0]).toBeGreaterThan(0);
    expect(text).toMatchSnapshot();
  });

  it('states observed and expected of every piece of evidence', () => {
    const text = alertText(alertByFamily.scraping);
    expect(text).toContain('distinct objects in one hour: observed 2,412, expected 3.1');
    expect(text).toContain('share of ids in a fixed stride: observed 0.98, expected 0.04');
  });

  it('calls new what the alert calls new, once, and nothing else that is not among the usual', () => {
    const { now } = alertByFamily.replay;
    const operations = ['GET /customers/{int} (new)', 'POST /orders', 'GET /orders/{int}'];
    const text = alertText({ ...alertByFamily.replay, now: { ...now, operations } });
    expect(text).toContain('is  GET /customers/{int} (new), POST /orders, GET /orders/{int}\n');
  });

  it('says where each example lies', () => {
    expect(alertText(alertByFamily.replay)).toContain('gateway-logs/3@88131');
    expect(alertText(alertByFamily['out-of-pattern'])).toContain('trail/2026-03-03.json.gz:118');
  });

  it('says that a simulated alert is one, first', () => {
    const text = alertText(alertByFamily.lifecycle);
    expect(text.split('\n', 1)[0]).toContain('[simulated]');
    expect(text).toContain('nothing real happened');
    expect(alertText(alertByFamily.replay)).not.toContain('simulat');
  });

  it('says when it was resolved', () => {
    expect(alertText(resolved(alertByFamily.replay))).toMatch(/^RESOLVED replay \(was critical\)/);
  });

  it('lets no control character, direction override or line break of a log line through', () => {
    const text = alertText(hostileAlert());
    expect(text).not.toMatch(unsafe);
    expect(text).toContain('\\x1b[2J');
    expect(text).toContain('\\u{202e}');
    expect(text.split('\n').filter((line) => line.startsWith('INSERT'))).toEqual([]);
  });
});

describe('alertBlock()', () => {
  it('is short and says how to read on', () => {
    const block = alertBlock(alertByFamily.replay);
    expect(block.split('\n').length).toBeLessThanOrEqual(10);
    expect(block).toContain('bearerwatch explain a1f0c2d39b7e4c55');
  });

  it('is the same text with and without colours', () => {
    const escapes = new RegExp(`${String.fromCharCode(27)}\\[\\d{1,2}m`, 'g');
    const colored = alertBlock(alertByFamily.replay, createColors(true));
    expect(colored).toMatch(escapes);
    expect(colored.replaceAll(escapes, '')).toBe(alertBlock(alertByFamily.replay));
  });

  it('lets nothing of a hostile log line steer the terminal', () => {
    expect(alertBlock(hostileAlert())).not.toMatch(unsafe);
  });
});

describe('number()', () => {
  it('keeps what a person can read', () => {
    expect([0.0217, 3.1, 99.95, 2412, 1_234_567.8, Number.POSITIVE_INFINITY].map(number)).toEqual([
      '0.0217',
      '3.1',
      '100',
      '2,412',
      '1,234,568',
      'Infinity',
    ]);
  });
});
