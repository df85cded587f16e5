/** Every so many credentials presents an expired token that is accepted: a violation, told at once. */
const attackedEvery = 50;

export interface ExpiredTokens {
  readonly lines: readonly string[];
  /** Credentials with an expired token; each must give one alert, and nobody else any. */
  readonly attacked: ReadonlySet<string>;
}

/** One call each of `credentials` credentials, named with a prefix, in the canonical format. */
export function expiredTokens(prefix: string, credentials: number, nowMs: number): ExpiredTokens {
  const attacked = new Set<string>();
  const lines = Array.from({ length: credentials }, (_, n) => {
    const id = `${prefix}-${n}`;
    const isAttacked = n % attackedEvery === 0;
    if (isAttacked) attacked.add(id);
    return JSON.stringify({
      'gateway.type': 'canonical',
      timestamp: nowMs - credentials + n,
      'http.request.method': 'GET',
      'http.response.status_code': 200,
      'http.response.body.size': 1200,
      'url.path': `/orders/${n}`,
      'client.address': '198.51.100.7',
      'user_agent.original': 'orders-client/2.1',
      'credential.id': id,
      'credential.type': 'oauth_client',
      'credential.source': 'gateway_id',
      'token.id': `token-of-${id}`,
      ...(isAttacked ? { 'token.expires_at': nowMs - 3_600_000 } : {}),
    });
  });
  return { lines, attacked };
}
