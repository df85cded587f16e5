import type { UsageEvent } from '../../../schemas/usage-event.ts';
import { hashText } from '../random.ts';
import { uuidOf } from './line.ts';

/** One CloudTrail record. A temporary key belongs to an assumed role, a long-term one to a user. */
export function cloudtrailLine(event: UsageEvent): string {
  const [source = '', name = ''] = (event.route ?? '').split(':');
  const account = String(100_000_000_000 + hashText(event.organizationId ?? '', 3));
  const user = event.consumerId ?? 'user';
  const temporary = event.tokenId?.startsWith('ASIA') ? event.tokenId : null;
  const principal = `AIDA${event.credentialId.slice(4, 20)}`;
  const identity =
    temporary === null
      ? {
          type: 'IAMUser',
          principalId: principal,
          arn: `arn:aws:iam::${account}:user/${user}`,
          accountId: account,
          accessKeyId: event.credentialId,
          userName: user,
        }
      : {
          type: 'AssumedRole',
          principalId: `AROA${event.credentialId.slice(4, 20)}:${user}`,
          arn: `arn:aws:sts::${account}:assumed-role/${user}-role/${user}`,
          accountId: account,
          accessKeyId: temporary,
          sessionContext: {
            sessionIssuer: {
              type: 'Role',
              principalId: `AROA${event.credentialId.slice(4, 20)}`,
              arn: `arn:aws:iam::${account}:role/${user}-role`,
              accountId: account,
              userName: `${user}-role`,
            },
            attributes: {
              creationDate: isoSeconds(event.tokenIssuedAtMs ?? event.timestampMs),
              mfaAuthenticated: 'false',
            },
          },
        };
  const refused = event.status === 403 || event.status === 401;
  const error = refused
    ? { errorCode: 'AccessDenied', errorMessage: 'User is not authorized to perform this operation' }
    : (event.status ?? 200) >= 500
      ? { errorCode: 'InternalFailure' }
      : (event.status ?? 200) >= 400
        ? { errorCode: 'NoSuchKey' }
        : {};
  return JSON.stringify({
    eventVersion: '1.09',
    userIdentity: identity,
    eventTime: isoSeconds(event.timestampMs),
    eventSource: source,
    eventName: name,
    awsRegion: 'eu-west-1',
    sourceIPAddress: event.clientAddress,
    userAgent: event.userAgent,
    ...error,
    requestParameters:
      event.objectId === null ? null : { bucketName: `${event.organizationId}-data`, key: event.objectId },
    responseElements: null,
    additionalEventData: { bytesTransferredOut: event.responseBytes ?? 0, SignatureVersion: 'SigV4' },
    requestID: uuidOf(`request ${event.eventId}`).toUpperCase().slice(0, 16).replaceAll('-', '0'),
    eventID: uuidOf(event.eventId),
    readOnly: /^(Get|List|Describe|Head)/.test(name),
    eventType: 'AwsApiCall',
    managementEvent: event.objectId === null,
    recipientAccountId: account,
    eventCategory: event.objectId === null ? 'Management' : 'Data',
    tlsDetails: {
      tlsVersion: 'TLSv1.3',
      cipherSuite: 'TLS_AES_128_GCM_SHA256',
      clientProvidedHostHeader: source,
    },
  });
}

function isoSeconds(timeMs: number): string {
  return `${new Date(timeMs).toISOString().slice(0, 19)}Z`;
}
