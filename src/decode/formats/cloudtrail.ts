import type { UsageEvent } from '../../../schemas/usage-event.ts';
import type { Format, GatewayCredential, ReadResult } from '../format.ts';
import { type JsonObject, object, text } from '../text.ts';

const none: readonly string[] = Object.freeze([]);

const denied = [
  'AccessDenied',
  'UnauthorizedOperation',
  'Unauthorized',
  'Forbidden',
  'AuthFailure',
  'ExplicitDeny',
  'NotAuthorized',
];
/** The caller may have none of what he names; an expired token he must have had. */
const unproven = [
  'InvalidClientTokenId',
  'SignatureDoesNotMatch',
  'UnrecognizedClient',
  'InvalidAccessKeyId',
];

function isUnproven(errorCode: string | null): boolean {
  return errorCode !== null && unproven.some((part) => errorCode.includes(part));
}

function statusOf(errorCode: string | null): number {
  if (errorCode === null) return 200;
  if (denied.some((part) => errorCode.includes(part))) return 403;
  if (errorCode.includes('ExpiredToken') || isUnproven(errorCode)) return 401;
  if (
    errorCode.includes('Throttl') ||
    errorCode.includes('TooManyRequests') ||
    errorCode.includes('SlowDown')
  )
    return 429;
  if (errorCode.includes('NotFound') || errorCode.includes('NoSuch')) return 404;
  if (errorCode.includes('Internal') || errorCode.includes('Unavailable')) return 503;
  return 400;
}

/**
 * AKIA keys live long and are the baseline themselves. ASIA keys last hours: the baseline is the role
 * session or user they belong to, and the key is the token. `isSaid`: a login that failed, or a signature
 * that was no good, names whom the caller wanted to be.
 */
function credentialOf(identity: JsonObject, isSaid: boolean): GatewayCredential | null {
  const key = text(identity['accessKeyId']);
  const issuer = object(object(identity['sessionContext'])['sessionIssuer']);
  const arn = text(identity['arn']);
  const user = text(identity['userName']) ?? text(issuer['userName']);
  if (key !== null && !key.startsWith('ASIA'))
    return { id: key, type: 'cloud_access_key', name: user, isSaid };
  const role = text(issuer['arn']);
  const session = arn === null ? null : arn.slice(arn.lastIndexOf('/') + 1);
  const id = role === null ? arn : `${role}/${session ?? ''}`;
  if (id === null) {
    const principal = text(identity['principalId']) ?? key;
    if (principal !== null)
      return { id: principal, type: 'cloud_access_key', name: user, token: key, isSaid };
    // A person of IAM Identity Center has neither key nor name of a resource.
    const person = text(object(identity['onBehalfOf'])['userId']);
    return person === null
      ? null
      : { id: person, type: 'session', token: text(identity['credentialId']), isSaid };
  }
  return {
    id: id.slice(0, 256),
    type: key === null ? 'session' : 'cloud_access_key',
    name: user ?? session,
    token: key,
    isSaid,
  };
}

const objectFields = [
  'bucketName',
  'key',
  'instanceId',
  'functionName',
  'secretId',
  'keyId',
  'roleName',
  'userName',
  'tableName',
  'queueUrl',
  'topicArn',
  'dBInstanceIdentifier',
  'snapshotId',
  'name',
  'policyArn',
  'groupName',
  'clusterName',
  'parameterName',
  'resourceArn',
  'trailName',
  'imageId',
  'logGroupName',
  'stackName',
];

/** The resource asked for: an object in a bucket, an instance, a secret … */
function objectOf(parameters: JsonObject): string | null {
  const parts: string[] = [];
  for (const field of objectFields) {
    const value = text(parameters[field]);
    if (value !== null) parts.push(value);
    if (parts.length === 2) break;
  }
  return parts.length === 0 ? null : parts.join('/').slice(0, 256);
}

/** What CloudTrail itself found unusual in the number of calls: of an account, not of a caller. */
function isInsight(line: JsonObject): boolean {
  return line['eventType'] === 'AwsCloudTrailInsight' || line['eventCategory'] === 'Insight';
}

/** Lists the files of an hour with their hashes; it lies in the same bucket. */
function isDigest(line: JsonObject): boolean {
  return line['digestS3Object'] !== undefined && line['logFiles'] !== undefined;
}

function read(line: JsonObject): ReadResult {
  if (isInsight(line)) return { skip: 'an insight of CloudTrail: a count of calls, not a call' };
  if (isDigest(line)) return { skip: 'a digest file of CloudTrail: hashes of log files' };
  const identity = object(line['userIdentity']);
  const source = text(line['eventSource']) ?? 'unknown';
  const name = text(line['eventName']) ?? 'unknown';
  const errorCode = text(line['errorCode']);
  const address = text(line['sourceIPAddress'], 64);
  const invokedBy = text(identity['invokedBy']);
  const byService = address === null || address.endsWith('.amazonaws.com') || address === 'AWS Internal';
  const isLoginFailed = object(line['responseElements'])['ConsoleLogin'] === 'Failure';
  const status = isLoginFailed ? 401 : statusOf(errorCode);
  const credential =
    credentialOf(identity, isLoginFailed || isUnproven(errorCode)) ??
    (invokedBy === null && identity['type'] !== 'AWSService'
      ? null
      : { id: `service:${invokedBy ?? address ?? source}`, type: 'unknown' as const });
  return {
    // Some shippers keep only the time they gave the record.
    time: line['eventTime'] ?? line['@timestamp'],
    plain: {
      eventId: text(line['eventID']) ?? '',
      httpRequestId: null,
      gatewayName: text(line['awsRegion']),
      organizationId: text(line['recipientAccountId']) ?? text(identity['accountId']),
      userId: text(identity['arn']),
      host: text(object(line['tlsDetails'])['clientProvidedHostHeader']),
      tlsVersion: text(object(line['tlsDetails'])['tlsVersion'], 32),
      errorType: errorCode,
      apiName: source,
      objectId: objectOf(object(line['requestParameters'])),
      method: line['readOnly'] === true || line['readOnly'] === 'true' ? 'READ' : 'WRITE',
      responseBytes: bytesOut(object(line['additionalEventData'])),
      issuedIds: issuedBy(line, identity),
      signInStrength: signInStrengthOf(line, identity),
    },
    // Calls that the cloud makes on a person's behalf come from its own machines and agents.
    client: byService ? null : address,
    route: `${source}:${name}`,
    status,
    userAgent: byService ? null : agentOf(line['userAgent']),
    credential,
  };
}

/** Consoles call on behalf of the person in front of them; those agents say nothing about the caller. */
function agentOf(value: unknown): string | null {
  const agent = text(value, 512);
  if (agent === null || agent === 'AWS Internal' || agent.includes('aws-internal/')) return null;
  // Some services write the agent in brackets.
  return agent.startsWith('[') && agent.endsWith(']') ? agent.slice(1, -1) : agent;
}

/**
 * Keys, sessions and users that an accepted call made. What the cloud makes for its own services is nobody's
 * theft, and of a role in another account the caller's own record tells who took it on.
 */
function issuedBy(line: JsonObject, identity: JsonObject): readonly string[] {
  const { type } = identity;
  const source = line['eventSource'];
  if (type === 'AWSService' || type === 'AWSAccount' || line['errorCode'] !== undefined) return none;
  const answer = object(line['responseElements']);
  const arn = text(identity['arn']);
  const found =
    source === 'sts.amazonaws.com'
      ? [text(object(answer['credentials'])['accessKeyId'])]
      : source === 'iam.amazonaws.com'
        ? [
            text(object(answer['accessKey'])['accessKeyId']),
            text(object(answer['user'])['arn']),
            userOfLogin(line, answer, arn),
          ]
        : none;
  const issued = found.filter((id) => id !== null).map((id) => id.slice(0, 256));
  return issued.length === 0 ? none : issued;
}

/** A password, new or changed: the record names its user and not the resource; the account is the caller's. */
function userOfLogin(line: JsonObject, answer: JsonObject, arn: string | null): string | null {
  const name =
    line['eventName'] === 'UpdateLoginProfile'
      ? text(object(line['requestParameters'])['userName'])
      : text(object(answer['loginProfile'])['userName']);
  const [, partition, , , account] = arn?.split(':', 5) ?? [];
  return name === null || account === undefined ? null : `arn:${partition}:iam::${account}:user/${name}`;
}

/** Of a console sign-in with the account's own password. Behind single sign-on the second factor is the provider's, and MFAUsed always says no. */
function signInStrengthOf(line: JsonObject, identity: JsonObject): UsageEvent['signInStrength'] {
  if (line['eventName'] !== 'ConsoleLogin') return null;
  if (identity['type'] !== 'IAMUser' && identity['type'] !== 'Root') return null;
  const used = object(line['additionalEventData'])['MFAUsed'];
  if (used === 'Yes') return 'multi-factor';
  return used === 'No' ? 'single-factor' : null;
}

function bytesOut(additional: JsonObject): number | null {
  const bytes = additional['bytesTransferredOut'];
  return typeof bytes === 'number' && bytes >= 0 ? bytes : null;
}

export const cloudtrail: Format = {
  id: 'cloudtrail',
  title: 'AWS CloudTrail (records and S3 files)',
  shape: 'json',
  matches: (line) =>
    (line['eventVersion'] !== undefined &&
      line['eventSource'] !== undefined &&
      (line['userIdentity'] !== undefined || isInsight(line))) ||
    isDigest(line),
  read,
  pitfalls: [
    "sourceIPAddress may name a service: such calls are made on somebody's behalf and carry no client.",
    'Insights and digest files in the same bucket hold no calls and are skipped.',
    'Delivery is minutes late and out of order; data events are off by default.',
  ],
  snippet: {
    language: 'shell',
    text: 'aws cloudtrail put-event-selectors --trail-name TRAIL --advanced-event-selectors file://data-events.json',
  },
  yields: {
    byDefault: [
      'timestampMs',
      'credentialId',
      'tokenId',
      'route',
      'status',
      'userAgent',
      'clientAddress',
      'objectId',
      'organizationId',
      'signInStrength',
      'issuedIds',
    ],
    withSnippet: ['responseBytes'],
  },
  verified: '3,000 records of two accounts, one by one and in the S3 envelope',
};
