import { integer, pick } from './distributions.ts';
import type { Random } from './random.ts';

const onsets = ['b', 'c', 'd', 'f', 'g', 'k', 'l', 'm', 'n', 'p', 'r', 's', 't', 'v', 'br', 'tr', 'st', 'pl'];
const vowels = ['a', 'e', 'i', 'o', 'u', 'ai', 'ea'];
const codas = ['', '', 'l', 'n', 'r', 's', 'x', 'nd'];

/** A pronounceable made-up word: no detector can know it. */
export function word(random: Random): string {
  let text = '';
  for (let i = integer(random, 2, 3); i > 0; i--)
    text += pick(random, onsets) + pick(random, vowels) + pick(random, codas);
  return text;
}

export function camel(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

export const actions = [
  'search',
  'export',
  'validate',
  'batch',
  'cancel',
  'approve',
  'sync',
  'preview',
  'import',
  'refresh',
];

type CloudEvent = readonly [source: string, event: string, kind: 'object' | 'list' | 'plain' | 'admin'];

/** Event names of AWS CloudTrail; the routes of cloud access keys. */
export const cloudEvents: readonly CloudEvent[] = [
  ['s3', 'GetObject', 'object'],
  ['s3', 'PutObject', 'object'],
  ['s3', 'HeadObject', 'object'],
  ['s3', 'DeleteObject', 'object'],
  ['s3', 'ListObjectsV2', 'list'],
  ['s3', 'ListBuckets', 'list'],
  ['s3', 'GetBucketLocation', 'plain'],
  ['s3', 'GetBucketAcl', 'plain'],
  ['dynamodb', 'GetItem', 'object'],
  ['dynamodb', 'PutItem', 'object'],
  ['dynamodb', 'DescribeTable', 'plain'],
  ['dynamodb', 'ListTables', 'list'],
  ['ec2', 'DescribeInstances', 'list'],
  ['ec2', 'DescribeVpcs', 'list'],
  ['ec2', 'DescribeSecurityGroups', 'list'],
  ['ec2', 'RunInstances', 'plain'],
  ['sqs', 'ReceiveMessage', 'plain'],
  ['sqs', 'SendMessage', 'plain'],
  ['sns', 'Publish', 'plain'],
  ['kms', 'Decrypt', 'plain'],
  ['kms', 'GenerateDataKey', 'plain'],
  ['sts', 'AssumeRole', 'plain'],
  ['sts', 'GetCallerIdentity', 'plain'],
  ['lambda', 'Invoke', 'plain'],
  ['lambda', 'ListFunctions20150331', 'list'],
  ['ecr', 'BatchGetImage', 'plain'],
  ['ecr', 'GetAuthorizationToken', 'plain'],
  ['logs', 'DescribeLogStreams', 'list'],
  ['logs', 'FilterLogEvents', 'list'],
  ['secretsmanager', 'GetSecretValue', 'object'],
  ['ssm', 'GetParameter', 'object'],
  ['cloudformation', 'DescribeStacks', 'list'],
  ['secretsmanager', 'ListSecrets', 'admin'],
  ['iam', 'ListUsers', 'admin'],
  ['iam', 'ListRoles', 'admin'],
  ['iam', 'ListAccessKeys', 'admin'],
  ['iam', 'CreateUser', 'admin'],
  ['iam', 'CreateAccessKey', 'admin'],
  ['iam', 'AttachUserPolicy', 'admin'],
  ['iam', 'GetAccountAuthorizationDetails', 'admin'],
  ['iam', 'SimulatePrincipalPolicy', 'admin'],
  ['organizations', 'ListAccounts', 'admin'],
  ['cloudtrail', 'DescribeTrails', 'admin'],
  ['cloudtrail', 'StopLogging', 'admin'],
  ['guardduty', 'ListDetectors', 'admin'],
  ['ec2', 'CreateSnapshot', 'admin'],
  ['ec2', 'ModifySnapshotAttribute', 'admin'],
  ['rds', 'DescribeDBInstances', 'admin'],
  ['bedrock', 'InvokeModel', 'admin'],
  ['ses', 'GetSendQuota', 'admin'],
  ['ec2', 'GetPasswordData', 'admin'],
  ['s3', 'PutBucketPolicy', 'admin'],
];
