import { describe, expect, test } from 'vitest';
import { exerciseOf } from '../../src/posture/exercise.ts';
import { operationOf } from '../../src/posture/operation.ts';
import { scopeOf } from '../../src/posture/scope.ts';

describe('operationOf()', () => {
  test.each([
    ['GET /orders/{int}', false],
    ['HEAD /orders', false],
    ['READ s3.amazonaws.com:GetObject', false],
    ['s3.amazonaws.com:ListBuckets', false],
    ['POST /acme.v1.UserService/GetUser', false],
    ['POST /acme.v1.UserService/DeleteUser', true],
    ['POST /orders/search', true],
    ['POST /graphql', true],
    ['DELETE /users/get', true],
    ['WRITE iam.amazonaws.com:CreateUser', true],
    ['', true],
  ])('%s may write: %s', (name, mayWrite) => {
    expect(operationOf(name).mayWrite).toBe(mayWrite);
  });
});

describe('scopeOf()', () => {
  test.each([
    ['orders:read', 'read', ['order']],
    ['orders.write', 'write', ['order']],
    ['Mail.ReadWrite', 'write', ['mail']],
    ['https://api.example.com/auth/calendar.readonly', 'read', ['example', 'calendar']],
    ['manage_policies', 'write', ['policy']],
    ['admin', 'write', []],
    ['openid', 'unclear', []],
    ['payments', 'unclear', ['payment']],
  ])('%s', (name, access, nouns) => {
    expect(scopeOf(name)).toEqual({ access, nouns });
  });
});

describe('exerciseOf()', () => {
  const operations = ['GET /orders/{int}', 'POST /shipments'].map(operationOf);
  const known = new Set(['order', 'shipment', 'invoice']);
  test.each([
    ['orders:read', 'used'],
    ['orders:write', 'never-touched'],
    ['shipments:write', 'used'],
    ['shipments:read', 'used'],
    ['invoices:read', 'never-touched'],
    ['invoices', 'never-touched'],
    ['admin', 'unclear'],
    ['reports:read', 'unclear'],
  ])('%s is %s', (scope, expected) => {
    expect(exerciseOf(scope, operations, known)).toBe(expected);
  });
});
