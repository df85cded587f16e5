import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { kindsOf, sensitivity } from '../../src/engine/sensitive-operation.ts';

const kinds = (operation: string) => kindsOf(sensitivity(operation));

describe('sensitivity()', () => {
  test.each([
    ['secretsmanager.amazonaws.com:GetSecretValue', 'secrets'],
    ['ec2.amazonaws.com:GetPasswordData', 'secrets'],
    ['iam.amazonaws.com:CreateAccessKey', 'identity'],
    ['iam.amazonaws.com:AttachUserPolicy', 'identity'],
    ['iam.amazonaws.com:UpdateAssumeRolePolicy', 'identity'],
    ['iam.amazonaws.com:CreateUser', 'identity'],
    ['cloudtrail.amazonaws.com:StopLogging', 'monitoring'],
    ['cloudtrail.amazonaws.com:PutEventSelectors', 'monitoring'],
    ['guardduty.amazonaws.com:DeleteDetector', 'monitoring'],
    ['ec2.amazonaws.com:ModifySnapshotAttribute', 'exposure'],
    ['ec2.amazonaws.com:AuthorizeSecurityGroupIngress', 'exposure'],
    ['ssm.amazonaws.com:SendCommand', 'execution'],
    ['lambda.amazonaws.com:UpdateFunctionCode20150331v2', 'execution'],
    ['organizations.amazonaws.com:LeaveOrganization', 'destruction'],
    ['rds.amazonaws.com:DeleteDBCluster', 'destruction'],
    ['POST /v1/roles/{int}/grants', 'identity'],
    ['DELETE /v2/audit/trails/{uuid}', 'monitoring'],
    ['GET /vault/secrets/{id}', 'secrets'],
    ['GET /internal/metrics', 'administration'],
    ['POST /acme.v1.AccountService/ImpersonateUser', 'identity'],
  ])('%s: %s', (operation, kind) => {
    expect(kinds(operation)).toContain(kind);
  });

  test.each([
    'GET /orders/{int}',
    'POST /orders',
    'DELETE /orders/{int}',
    'GET /users/{int}',
    'PUT /users/{int}',
    'POST /v1/messages',
    's3.amazonaws.com:GetObject',
    's3.amazonaws.com:ListObjectsV2',
    'ec2.amazonaws.com:DescribeInstances',
    'sts.amazonaws.com:AssumeRole',
    'sts.amazonaws.com:GetCallerIdentity',
    'logs.amazonaws.com:FilterLogEvents',
    'POST /graphql',
    '/acme.catalogue.v1.Products/ListProducts',
    '',
  ])('%s is plain work', (operation) => {
    expect(kinds(operation)).toEqual([]);
  });

  test('reads any text in linear time and knows no other kinds', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 2_000, unit: 'binary' }), (text) => {
        const mask = sensitivity(text);
        expect(mask).toBeGreaterThanOrEqual(0);
        expect(mask).toBeLessThan(1 << 7);
      }),
    );
    expect(sensitivity('A'.repeat(1_000_000))).toBe(0);
  });
});
