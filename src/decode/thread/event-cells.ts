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
  to.list(event.issuedIds);
  to.text(event.signInStrength);
  to.number(event.sampleRate);
  to.flag(event.timeSuspect);
}

export function readEvent(from: CellReader): UsageEvent {
  return {
    timestampMs: from.number() as number,
    observedTimestampMs: from.number(),
    eventId: from.text(),
    httpRequestId: from.text(),
    traceId: from.text(),
    gatewayType: from.text(),
    gatewayName: from.text(),
    environment: from.text(),
    credentialId: from.text(),
    credentialFormerId: from.text(),
    credentialType: from.text(),
    credentialName: from.text(),
    credentialSource: from.text(),
    tokenId: from.text(),
    tokenFormerId: from.text(),
    tokenIssuer: from.text(),
    tokenSubject: from.text(),
    tokenAudience: from.list(),
    tokenScopes: from.list(),
    tokenAuthorizedParty: from.text(),
    tokenIssuedAtMs: from.number(),
    tokenExpiresAtMs: from.number(),
    tokenKeyId: from.text(),
    tokenAlgorithm: from.text(),
    tokenFamilyId: from.text(),
    tokenParentId: from.text(),
    tokenSingleUse: from.flag(),
    tokenClaimsVerified: from.flag(),
    tokenBoundKey: from.text(),
    presentedKey: from.text(),
    proofId: from.text(),
    authScheme: from.text(),
    consumerId: from.text(),
    consumerName: from.text(),
    userId: from.text(),
    organizationId: from.text(),
    clientAddress: from.text(),
    clientAddressSource: from.text(),
    peerAddress: from.text(),
    clientAsn: from.number(),
    clientAsName: from.text(),
    clientCountry: from.text(),
    method: from.text(),
    host: from.text(),
    path: from.text(),
    queryKeys: from.list(),
    secretQueryKeys: from.list(),
    route: from.text(),
    routeSource: from.text(),
    objectId: from.text(),
    objectFormerId: from.text(),
    objectNumber: from.number(),
    pageNumber: from.number(),
    pageCursor: from.text(),
    status: from.number(),
    outcome: from.text(),
    errorType: from.text(),
    requestBytes: from.number(),
    responseBytes: from.number(),
    durationMs: from.number(),
    upstreamDurationMs: from.number(),
    userAgent: from.text(),
    ja3: from.text(),
    ja4: from.text(),
    certSha256: from.text(),
    certSubject: from.text(),
    certIssuer: from.text(),
    certSerial: from.text(),
    tlsVersion: from.text(),
    apiId: from.text(),
    apiName: from.text(),
    upstreamName: from.text(),
    genAiProvider: from.text(),
    genAiModel: from.text(),
    genAiInputTokens: from.number(),
    genAiOutputTokens: from.number(),
    genAiCostUsd: from.number(),
    genAiAgentId: from.text(),
    genAiToolName: from.text(),
    genAiConversationId: from.text(),
    mcpMethod: from.text(),
    mcpSessionId: from.text(),
    issuedIds: from.list(),
    signInStrength: from.text(),
    sampleRate: from.number() as number,
    timeSuspect: from.flag(),
  };
}
