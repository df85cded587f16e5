import { expect, test } from 'vitest';
import { isInstanceSession } from '../../src/engine/instance-session.ts';

test('isInstanceSession() knows both lengths of instance ids', () => {
  expect(
    ['arn:role/web/i-0a1b2c3d4e5f60718', 'x/i-0a1b2c3d', 'x/i-0a1b2c3', 'x/I-0a1b2c3d', 'x/ada'].map(
      isInstanceSession,
    ),
  ).toEqual([true, true, false, false, false]);
});
