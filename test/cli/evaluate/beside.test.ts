import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { modelsBeside } from '../../../src/cli/evaluate/beside.ts';
import { plainModel } from '../../support/engine-for-tests.ts';

const model = plainModel();
/** The same with one feature under another name. */
const older = { ...model, featureNames: ['gone', ...model.featureNames.slice(1)] };

let folder: string;
const file = (name: string) => join(folder, name);
const floors = (name: string) => ({ genericFile: file(name), withheldFile: file(name) });

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'bearerwatch-beside-'));
  writeFileSync(file('fits.json'), JSON.stringify(model));
  writeFileSync(file('older.json'), JSON.stringify(older));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('modelsBeside', () => {
  it('compares with the floor and with the file that was asked for, each under its own id', () => {
    const { beside, withheld, leftOut } = modelsBeside(model, file('fits.json'), floors('fits.json'));
    expect(withheld).toEqual(model);
    expect(beside.map(({ id, label }) => [id, label])).toEqual([
      ['generic-positives', 'generic positives only'],
      ['other-model', 'fits'],
    ]);
    expect(leftOut).toEqual([]);
  });

  it('leaves out floors for other features, and says how to write ones that fit', () => {
    const { beside, withheld, leftOut } = modelsBeside(model, undefined, floors('older.json'));
    expect(beside).toEqual([]);
    expect(withheld).toBeUndefined();
    expect(leftOut).toEqual([
      `no row for generic positives only: ${file('older.json')} was trained for other features; write it with npm run train -- --generic-only`,
      `no row for attacks never trained on: ${file('older.json')} was trained for other features; write it with npm run train`,
    ]);
  });

  it('says when there is no floor', () => {
    expect(modelsBeside(model, undefined, floors('nowhere.json')).leftOut).toEqual([
      expect.stringContaining('is not there'),
      expect.stringContaining('is not there'),
    ]);
  });

  it('refuses a file that was asked for and knows other features', () => {
    expect(() => modelsBeside(model, file('older.json'), floors('fits.json'))).toThrow(
      'trained for other features',
    );
  });
});
