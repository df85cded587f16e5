import type { UsageEvent } from '../../../schemas/usage-event.ts';
import type { CellReader } from './cell-reader.ts';
import type { CellWriter } from './cell-writer.ts';

/**
 * The fields of an event, written and read in one order. Spelled out: a loop over their names would look
 * each of them up in every event, which costs more than all the rest.
 */
export function writeEvent(event: UsageEvent, to: CellWriter): void {
  to.begin();
  to.number(event.timestampMs);
  to.number(event.observedTimestampMs);
  to.ownText(event.eventId);
  to.ownText(event.httpRequestId);
  to.ownText(event.traceId);
  to.text(event.gatewayType);
  to.text(event.gatewayName);
  to.text(event.environment);
  to.text(event.credentialId);
  to.text(event.credentialFormerId);
  to.text(event.credentialType);
  to.text(event.credentialName);
  to.text(event.credentialSource);
  to.text(event.tokenId);
  to.text(event.tokenFormerId);
  to.text(event.tokenIssuer);
  to.text(event.tokenSubject);
  to.list(event.tokenAudience);
  to.list(event.tokenScopes);
  to.text(event.tokenAuthorizedParty);
  to.number(event.tokenIssuedAtMs);
  to.number(event.tokenExpiresAtMs);
  to.text(event.tokenKeyId);
  to.text(event.tokenAlgorithm);
  to.text(event.tokenFamilyId);
  to.text(event.tokenParentId);
  to.flag(event.tokenSingleUse);
  to.flag(event.tokenClaimsVerified);
  to.text(event.tokenBoundKey);
  to.text(event.presentedKey);
  to.ownText(event.proofId);
  to.text(event.authScheme);
  to.text(event.consumerId);
  to.text(event.consumerName);
  to.text(event.userId);
  to.text(event.organizationId);
  to.text(event.clientAddress);
  to.text(event.clientAddressSource);
  to.text(event.peerAddress);
  to.number(event.clientAsn);
  to.text(event.clientAsName);
  to.text(event.clientCountry);
  to.text(event.method);
  to.text(event.host);
  to.ownText(event.path);
  to.list(event.queryKeys);
  to.list(event.secretQueryKeys);
  to.text(event.route);
  to.text(event.routeSource);
  to.ownText(event.objectId);
  to.ownText(event.objectFormerId);
  to.number(event.objectNumber);
  to.number(event.pageNumber);
  to.ownText(event.pageCursor);
  to.number(event.status);
  to.text(event.outcome);
  to.text(event.errorType);
  to.number(event.requestBytes);
  to.number(event.responseBytes);
  to.number(event.durationMs);
  to.number(event.upstreamDurationMs);
  to.text(event.userAgent);
  to.text(event.ja3);
  to.text(event.ja4);
  to.text(event.certSha256);
  to.text(event.certSubject);
  to.text(event.certIssuer);
  to.text(event.certSerial);
  to.text(event.tlsVersion);
  to.text(event.apiId);
  to.text(event.apiName);
  to.text(event.upstreamName);
  to.text(event.genAiProvider);
  to.text(event.genAiModel);
  to.number(event.genAiInputTokens);
  to.number(event.genAiOutputTokens);
  to.number(event.genAiCostUsd);
  to.text(event.genAiAgentId);
  to.text(event.genAiToolName);
  to.text(event.genAiConversationId);
  to.text(event.mcpMethod);
  to.text(event.mcpSessionId);
  to.number(event.sampleRate);
  to.flag(event.timeSuspect);
}

export function readEvent(from: CellReader): UsageEvent {
  return {
    timestampMs: from.number() as number,
    observedTimestampMs: from.number(),
    eventId: from.text() as UsageEvent['eventId'],
    httpRequestId: from.text() as UsageEvent['httpRequestId'],
    traceId: from.text() as UsageEvent['traceId'],
    gatewayType: from.text() as UsageEvent['gatewayType'],
    gatewayName: from.text() as UsageEvent['gatewayName'],
    environment: from.text() as UsageEvent['environment'],
    credentialId: from.text() as UsageEvent['credentialId'],
    credentialFormerId: from.text() as UsageEvent['credentialFormerId'],
    credentialType: from.text() as UsageEvent['credentialType'],
    credentialName: from.text() as UsageEvent['credentialName'],
    credentialSource: from.text() as UsageEvent['credentialSource'],
    tokenId: from.text() as UsageEvent['tokenId'],
    tokenFormerId: from.text() as UsageEvent['tokenFormerId'],
    tokenIssuer: from.text() as UsageEvent['tokenIssuer'],
    tokenSubject: from.text() as UsageEvent['tokenSubject'],
    tokenAudience: from.list(),
    tokenScopes: from.list(),
    tokenAuthorizedParty: from.text() as UsageEvent['tokenAuthorizedParty'],
    tokenIssuedAtMs: from.number(),
    tokenExpiresAtMs: from.number(),
    tokenKeyId: from.text() as UsageEvent['tokenKeyId'],
    tokenAlgorithm: from.text() as UsageEvent['tokenAlgorithm'],
    tokenFamilyId: from.text() as UsageEvent['tokenFamilyId'],
    tokenParentId: from.text() as UsageEvent['tokenParentId'],
    tokenSingleUse: from.flag(),
    tokenClaimsVerified: from.flag(),
    tokenBoundKey: from.text() as UsageEvent['tokenBoundKey'],
    presentedKey: from.text() as UsageEvent['presentedKey'],
    proofId: from.text() as UsageEvent['proofId'],
    authScheme: from.text() as UsageEvent['authScheme'],
    consumerId: from.text() as UsageEvent['consumerId'],
    consumerName: from.text() as UsageEvent['consumerName'],
    userId: from.text() as UsageEvent['userId'],
    organizationId: from.text() as UsageEvent['organizationId'],
    clientAddress: from.text() as UsageEvent['clientAddress'],
    clientAddressSource: from.text() as UsageEvent['clientAddressSource'],
    peerAddress: from.text() as UsageEvent['peerAddress'],
    clientAsn: from.number(),
    clientAsName: from.text() as UsageEvent['clientAsName'],
    clientCountry: from.text() as UsageEvent['clientCountry'],
    method: from.text() as UsageEvent['method'],
    host: from.text() as UsageEvent['host'],
    path: from.text() as UsageEvent['path'],
    queryKeys: from.list(),
    secretQueryKeys: from.list(),
    route: from.text() as UsageEvent['route'],
    routeSource: from.text() as UsageEvent['routeSource'],
    objectId: from.text() as UsageEvent['objectId'],
    objectFormerId: from.text() as UsageEvent['objectFormerId'],
    objectNumber: from.number(),
    pageNumber: from.number(),
    pageCursor: from.text() as UsageEvent['pageCursor'],
    status: from.number(),
    outcome: from.text() as UsageEvent['outcome'],
    errorType: from.text() as UsageEvent['errorType'],
    requestBytes: from.number(),
    responseBytes: from.number(),
    durationMs: from.number(),
    upstreamDurationMs: from.number(),
    userAgent: from.text() as UsageEvent['userAgent'],
    ja3: from.text() as UsageEvent['ja3'],
    ja4: from.text() as UsageEvent['ja4'],
    certSha256: from.text() as UsageEvent['certSha256'],
    certSubject: from.text() as UsageEvent['certSubject'],
    certIssuer: from.text() as UsageEvent['certIssuer'],
    certSerial: from.text() as UsageEvent['certSerial'],
    tlsVersion: from.text() as UsageEvent['tlsVersion'],
    apiId: from.text() as UsageEvent['apiId'],
    apiName: from.text() as UsageEvent['apiName'],
    upstreamName: from.text() as UsageEvent['upstreamName'],
    genAiProvider: from.text() as UsageEvent['genAiProvider'],
    genAiModel: from.text() as UsageEvent['genAiModel'],
    genAiInputTokens: from.number(),
    genAiOutputTokens: from.number(),
    genAiCostUsd: from.number(),
    genAiAgentId: from.text() as UsageEvent['genAiAgentId'],
    genAiToolName: from.text() as UsageEvent['genAiToolName'],
    genAiConversationId: from.text() as UsageEvent['genAiConversationId'],
    mcpMethod: from.text() as UsageEvent['mcpMethod'],
    mcpSessionId: from.text() as UsageEvent['mcpSessionId'],
    sampleRate: from.number() as number,
    timeSuspect: from.flag(),
  };
}
