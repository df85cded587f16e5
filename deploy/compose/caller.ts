// Calls the gateway as an API's clients do: one token, one client, every second; and after some minutes the
// same token from elsewhere, with another client in between. Plays the demo of the real gateway.
import { createPrivateKey, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { SignJWT } from 'jose';

const generated = process.env['GENERATED'] ?? '/etc/generated';
const gateway = new URL(process.env['GATEWAY'] ?? 'https://envoy:8443');
const theftAfterMs = Number(process.env['THEFT_AFTER_SECONDS'] ?? 120) * 1000;

const key = createPrivateKey(readFileSync(`${generated}/issuer.pem`));
const ca = readFileSync(`${generated}/gateway.crt`);
// Different ciphers give different JA4 fingerprints: two programs, not one.
const owner = new Agent({ ca, keepAlive: true, servername: 'gateway' });
const thief = new Agent({
  ca,
  servername: 'gateway',
  maxVersion: 'TLSv1.2',
  ciphers: 'ECDHE-RSA-AES256-GCM-SHA384',
});

async function newToken(): Promise<string> {
  return await new SignJWT({ azp: 'order-sync', scope: 'orders.read', jti: randomUUID() })
    .setProtectedHeader({ alg: 'ES256', kid: '1' })
    .setIssuer('https://issuer.example')
    .setSubject('order-sync')
    .setAudience('orders-api')
    .setIssuedAt()
    .setExpirationTime('1h')
    .sign(key);
}

async function call(
  agent: Agent,
  token: string,
  from: string,
  userAgent: string,
  path: string,
): Promise<number> {
  return await new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${token}`, 'x-forwarded-for': from, 'user-agent': userAgent };
    const outgoing = request(new URL(path, gateway), { agent, headers }, (answer) => {
      answer.resume();
      answer.on('end', () => resolve(answer.statusCode ?? 0));
    });
    outgoing.setTimeout(5000, () => outgoing.destroy(new Error('no answer in 5 s')));
    outgoing.on('error', reject);
    outgoing.end();
  });
}

const startedMs = Date.now();
let token = await newToken();
for (let n = 0; ; n++) {
  if (n % 1800 === 1799) token = await newToken();
  try {
    await call(
      owner,
      token,
      '198.51.100.20',
      'order-sync/2.4',
      n % 10 === 0 ? '/orders' : `/orders/${1 + (n % 20)}`,
    );
    if (Date.now() - startedMs > theftAfterMs && n % 3 === 0)
      await call(thief, token, '203.0.113.77', 'python-requests/2.32', `/orders/${1 + n}`);
  } catch (error) {
    console.error(`call failed: ${error instanceof Error ? error.message : error}`);
  }
  await sleep(1000);
}
