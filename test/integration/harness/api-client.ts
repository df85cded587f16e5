import { createPrivateKey, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { join } from 'node:path';
import { SignJWT } from 'jose';

/** A client program at some address: its TLS gives the JA4, the proxy before the gateway tells the address. */
export interface ApiClient {
  call(path: string, token: string | undefined): Promise<number>;
  close(): void;
}

export interface ClientTraits {
  readonly address: string;
  readonly userAgent: string;
  /** Different ciphers make a different fingerprint. */
  readonly ciphers?: string;
  readonly maxVersion?: 'TLSv1.2' | 'TLSv1.3';
}

export function apiClient(gatewayUrl: string, generated: string, traits: ClientTraits): ApiClient {
  const { ciphers, maxVersion } = traits;
  const agent = new Agent({
    ca: readFileSync(join(generated, 'gateway.crt')),
    keepAlive: true,
    ...(ciphers === undefined ? {} : { ciphers }),
    ...(maxVersion === undefined ? {} : { maxVersion }),
  });
  return {
    call: (path, token) =>
      new Promise((resolve, reject) => {
        const outgoing = request(
          new URL(path, gatewayUrl),
          {
            agent,
            headers: {
              'user-agent': traits.userAgent,
              'x-forwarded-for': traits.address,
              ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
            },
          },
          (answer) => {
            answer.resume();
            answer.on('end', () => resolve(answer.statusCode ?? 0));
          },
        );
        outgoing.on('error', reject);
        outgoing.end();
      }),
    close: () => agent.destroy(),
  };
}

/** A token as the issuer of deploy/compose signs it. */
export async function issueToken(generated: string, subject: string): Promise<string> {
  const key = createPrivateKey(readFileSync(join(generated, 'issuer.pem')));
  return await new SignJWT({ azp: subject, scope: 'orders.read', jti: randomUUID() })
    .setProtectedHeader({ alg: 'ES256', kid: '1' })
    .setIssuer('https://issuer.example')
    .setSubject(subject)
    .setAudience('orders-api')
    .setIssuedAt()
    .setExpirationTime('1h')
    .sign(key);
}
