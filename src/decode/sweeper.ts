import type { UsageEvent } from '../../schemas/usage-event.ts';
import type { KeyedHash } from './hmac.ts';
import { isHarmless, sweep } from './redact.ts';

const smallestField = 32;
const knownKept = 20_000;

/**
 * The last sweep over everything that is kept of an event. Texts lose what looks like a secret; ids are
 * replaced whole, by their hash: they tell things apart, so one word for all would not do.
 */
export class Sweeper {
  /** How often it found something: the steps before should have left nothing. */
  hits = 0;
  readonly #hash: KeyedHash;
  /** User agents as they came and as they left the sweep: few, and full of suspicious characters. */
  readonly #agents = new Map<string, string>();
  /** Texts that only the slow look could clear: they come back all the time. */
  readonly #cleared = new Set<string>();
  readonly #clearedIds = new Set<string>();
  #isOff = false;

  constructor(hash: KeyedHash) {
    this.#hash = hash;
  }

  /** Says before an event whether its whole record is known to hold nothing that the sweep would blank. */
  takeAsHarmless(isHarmless: boolean): void {
    this.#isOff = isHarmless;
  }

  agent(agent: string | null): string | null {
    if (agent === null || this.#isOff) return agent;
    const known = this.#agents.get(agent);
    if (known !== undefined) return known;
    const swept = this.text(agent);
    // What held a secret is not kept: it would count once only, and lie in memory.
    if (swept === agent) {
      if (this.#agents.size >= knownKept) this.#agents.clear();
      this.#agents.set(agent, swept);
    }
    return swept;
  }

  /** Of several fields with a sign between them, one of which may have become the other's name. */
  joined(text: string): string {
    if (!this.#isOff || !text.includes(':')) return text;
    this.#isOff = false;
    const swept = this.text(text);
    this.#isOff = true;
    return swept;
  }

  text(text: string): string;
  text(text: string | null): string | null;
  text(text: string | null): string | null {
    if (text === null || this.#isOff || isHarmless(text) || this.#cleared.has(text)) return text;
    const swept = sweep(text);
    this.hits += swept.found;
    if (swept.found === 0) keep(this.#cleared, text);
    // What stands for a secret may be longer than the secret, and fields have their limits.
    return swept.text.slice(0, Math.max(text.length, smallestField));
  }

  /**
   * Every text that a caller or an operator's slip may have filled with a secret; path and user
   * agent were swept on their way. Written out field by field: this runs for every event.
   */
  event(event: UsageEvent): void {
    if (this.#isOff) return;
    event.credentialName = this.#text(event.credentialName);
    event.gatewayType = this.#text(event.gatewayType) ?? '';
    event.gatewayName = this.#text(event.gatewayName);
    event.host = this.#text(event.host);
    event.errorType = this.#text(event.errorType);
    event.consumerName = this.#text(event.consumerName);
    event.apiName = this.#text(event.apiName);
    event.upstreamName = this.#text(event.upstreamName);
    event.genAiToolName = this.#text(event.genAiToolName);
    event.certSubject = this.#text(event.certSubject);
    event.environment = this.#text(event.environment);
    event.tokenIssuer = this.#text(event.tokenIssuer);
    event.tokenAlgorithm = this.#text(event.tokenAlgorithm);
    event.authScheme = this.#text(event.authScheme);
    event.clientAsName = this.#text(event.clientAsName);
    event.route = this.#text(event.route);
    event.certIssuer = this.#text(event.certIssuer);
    event.tlsVersion = this.#text(event.tlsVersion);
    event.genAiProvider = this.#text(event.genAiProvider);
    event.genAiModel = this.#text(event.genAiModel);
    event.mcpMethod = this.#text(event.mcpMethod);
    event.tokenAudience = this.#texts(event.tokenAudience);
    event.tokenScopes = this.#texts(event.tokenScopes);
    event.queryKeys = this.#texts(event.queryKeys);
    event.secretQueryKeys = this.#texts(event.secretQueryKeys);
    event.credentialId = this.#id(event.credentialId) ?? '';
    event.credentialFormerId = this.#id(event.credentialFormerId);
    event.tokenId = this.#id(event.tokenId);
    event.tokenFormerId = this.#id(event.tokenFormerId);
    event.eventId = this.#id(event.eventId) ?? '';
    event.httpRequestId = this.#id(event.httpRequestId);
    event.userId = this.#id(event.userId);
    event.consumerId = this.#id(event.consumerId);
    event.tokenSubject = this.#id(event.tokenSubject);
    event.objectId = this.#id(event.objectId);
    event.objectFormerId = this.#id(event.objectFormerId);
    event.genAiConversationId = this.#id(event.genAiConversationId);
    event.proofId = this.#id(event.proofId);
    event.presentedKey = this.#id(event.presentedKey);
    event.traceId = this.#id(event.traceId);
    event.tokenAuthorizedParty = this.#id(event.tokenAuthorizedParty);
    event.tokenKeyId = this.#id(event.tokenKeyId);
    event.tokenFamilyId = this.#id(event.tokenFamilyId);
    event.tokenParentId = this.#id(event.tokenParentId);
    event.tokenBoundKey = this.#id(event.tokenBoundKey);
    event.organizationId = this.#id(event.organizationId);
    event.ja3 = this.#id(event.ja3);
    event.ja4 = this.#id(event.ja4);
    event.certSha256 = this.#id(event.certSha256);
    event.certSerial = this.#id(event.certSerial);
    event.apiId = this.#id(event.apiId);
    event.genAiAgentId = this.#id(event.genAiAgentId);
    event.mcpSessionId = this.#id(event.mcpSessionId);
    event.issuedIds = this.#ids(event.issuedIds);
    event.pageCursor = this.#id(event.pageCursor);
  }

  #text(value: string | null): string | null {
    return value === null || isHarmless(value) ? value : this.text(value);
  }

  #texts(values: readonly string[]): readonly string[] {
    for (const value of values) if (!isHarmless(value)) return values.map((one) => this.text(one));
    return values;
  }

  #ids(values: readonly string[]): readonly string[] {
    return values.length === 0 ? values : values.map((one) => this.#id(one) ?? '');
  }

  #id(value: string | null): string | null {
    if (value === null || isHarmless(value, true) || this.#clearedIds.has(value)) return value;
    const { found } = sweep(value, true);
    if (found === 0) {
      keep(this.#clearedIds, value);
      return value;
    }
    this.hits += found;
    return `hmac:${this.#hash.hash('id', value)}`;
  }
}

function keep(known: Set<string>, value: string): void {
  if (known.size >= knownKept) known.clear();
  known.add(value);
}
